"""docker/slim.py: what it takes out of an environment, and that bytecode of the rest is there."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def slim() -> ModuleType:
    spec = importlib.util.spec_from_file_location("slim", ROOT / "docker" / "slim.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def environment(tmp_path: Path, *files: str) -> Path:
    """A folder like a virtual environment, with these files in its site-packages."""
    for file in files:
        path = tmp_path / "lib" / "python3.11" / "site-packages" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * 1000)
    return tmp_path


def left(folder: Path) -> list[str]:
    packages = folder / "lib" / "python3.11" / "site-packages"
    return sorted(str(p.relative_to(packages)) for p in packages.rglob("*") if not p.is_dir())


def test_tests_and_sources_go_and_modules_and_data_stay(
    slim: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = environment(
        tmp_path,
        "pack/__init__.py",
        "pack/tests/test_a.py",
        "pack/sub/tests/data/a.npz",
        "pack/testing.py",
        "pack/fast.pyx",
        "pack/fast.cpp",
        "pack/fast.cpython-311-x86_64-linux-gnu.so",
        "pack/include/fast.h",
        "pack/table.tsv",
        "pack/__init__.pyi",
        "pack-1.0.dist-info/METADATA",
    )
    slim.slim(folder, strip=False)
    assert left(folder) == [
        "pack-1.0.dist-info/METADATA",
        "pack/__init__.py",
        "pack/__init__.pyi",
        "pack/fast.cpython-311-x86_64-linux-gnu.so",
        "pack/table.tsv",
        "pack/testing.py",
    ]
    said = capsys.readouterr().out
    assert "tests" in said and "MB" in said


def test_of_pyarrow_files_stay_and_copies_become_links(slim: ModuleType, tmp_path: Path) -> None:
    folder = environment(
        tmp_path,
        "pyarrow/__init__.py",
        "pyarrow/parquet/__init__.py",
        "pyarrow/libarrow.so.2500",
        "pyarrow/libarrow_flight.so.2500",
        "pyarrow/_flight.cpython-311-x86_64-linux-gnu.so",
        "pyarrow/flight.py",
        "pyarrow/libarrow_python.so",
        "pyarrow/libarrow_python.so.2500",
        "pyarrow/libarrow_python.so.2500.1.0",
        "pyarrow/include/arrow/api.h",
    )
    slim.slim(folder, strip=False)
    assert left(folder) == [
        "pyarrow/__init__.py",
        "pyarrow/libarrow.so.2500",
        "pyarrow/libarrow_python.so",
        "pyarrow/libarrow_python.so.2500",
        "pyarrow/libarrow_python.so.2500.1.0",
        "pyarrow/parquet/__init__.py",
    ]
    pyarrow = folder / "lib" / "python3.11" / "site-packages" / "pyarrow"
    for name in ("libarrow_python.so", "libarrow_python.so.2500"):
        assert (pyarrow / name).resolve().name == "libarrow_python.so.2500.1.0"
    assert not (pyarrow / "libarrow.so.2500").is_symlink()


MODULES = """
import sys
{imports}
print(*sorted(
    name for name, module in sys.modules.items()
    if "site-packages" in (getattr(module, "__file__", None) or "")
))
"""

SERVICE = """
import reward_service.cli.serve, reward_service.server.run, reward_service.server.worker
from reward_service import score
score({"items": [{"question": "A man has fevre.", "completions": ["He has fevar, gravus."]}]})
"""


def test_bytecode_is_written_for_nearly_all_that_the_service_imports(slim: ModuleType) -> None:
    """Otherwise every start compiles what is missing."""

    def loaded(imports: str) -> set[str]:
        command = [sys.executable, "-c", MODULES.format(imports=imports)]
        ended = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        # Of development only: the tests' environment has more packages than the image.
        others = ("torch", "pandas", "pyarrow", "cupy", "__editable__", "_virtualenv")
        return {
            name
            for name in ended.stdout.split()
            if not name.startswith(("reward_service", *others, "sphinxcontrib"))
        }

    used = loaded(SERVICE)
    compiled = loaded("\n".join(f"import {name}" for name in slim.IMPORTED))
    missing = sorted(used - compiled)
    assert len(used) > 500
    assert len(missing) < 0.05 * len(used), missing
