"""Records of a question set from a local file or folder, or from the hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainer.data.errors import DataError
from trainer.data.rows import read_records


def load_records(
    source: str, *, split: str | None = None, config: str | None = None, revision: str | None = None
) -> list[dict[str, Any]]:
    """All records of a source.

    `source` is a JSONL, JSON, CSV or Parquet file, else a folder or a name that `datasets` loads
    (`owner/name`, with `split`, `config` and `revision`). Raises DataError.
    """
    path = Path(source).expanduser()
    if path.is_file():
        return list(read_records(path))
    if path.suffix or source.startswith((".", "/", "~")):
        if not path.is_dir():
            raise DataError(f"{source}: no such file or folder")
        source = str(path)
    return _load_dataset(source, split or "train", config, revision)


def _load_dataset(
    source: str, split: str, config: str | None, revision: str | None
) -> list[dict[str, Any]]:
    import datasets
    import httpx

    # `datasets` reports a set, a configuration or a split that is not there by ValueError or
    # FileNotFoundError, and a hub that does not answer by ConnectionError or its HTTP library's.
    try:
        loaded = datasets.load_dataset(source, name=config, split=split, revision=revision)
    except (ValueError, OSError, httpx.HTTPError, datasets.exceptions.DatasetsError) as error:
        raise DataError(
            f"{source}: cannot be loaded (split {split}): {error}\n"
            "Without access to the hub, give the set's own file: a path to .jsonl, .json, .csv or "
            ".parquet"
        ) from error
    return [dict(record) for record in loaded]
