from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

SUPPORT = str(Path(__file__).parent / "support")


@pytest.fixture(scope="session")
def runs_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of `sample_runs`, which no test changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SUPPORT)
        from sample_runs import sample_folder  # type: ignore[import-not-found]

        yield sample_folder(tmp_path_factory.mktemp("runs"))
