"""Take out of an environment what no program needs at run time, and say what each step saved.

    python slim.py /opt/venv [--strip]

`--strip` takes the symbol tables for debuggers and linkers out of the extension modules; it needs
`strip` (Debian's binutils). Everything stays importable but tests and what compiles against a
package. Bytecode is written for the modules that the service imports and for no others, because
all of it would be twice as much; the rest of the modules are compiled when somebody imports them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# What the service imports from other packages: these bring the rest of their own.
IMPORTED = (
    "fastapi",
    "httpx",
    "httptools",
    "nmslib",
    "orjson",
    "prometheus_client",
    "psutil",
    "pydantic_settings",
    "requests",
    "rich.console",
    "rich.progress",
    "scispacy.abbreviation",
    "scispacy.candidate_generation",
    "sklearn.feature_extraction.text",
    "spacy.lang.en",
    "starlette.responses",
    "typer",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
)

# Only a compiler reads these.
SOURCES = (".c", ".cc", ".cpp", ".h", ".hpp", ".pxd", ".pxi", ".pyx")

# Of pyarrow: remote calls and what a compiler reads. Files of all formats stay readable.
PYARROW_UNUSED = ("*flight*", "*_cpp_tests*", "include", "src")


def slim(environment: Path, *, strip: bool) -> None:
    """Do all steps on the environment, in place. Raises CalledProcessError if one fails."""
    packages = next(environment.glob("lib/python3*/site-packages"))
    steps: list[tuple[str, Callable[[], None]]] = [
        ("tests", lambda: _remove(packages, lambda path: path.is_dir() and path.name == "tests")),
        ("sources of extensions", lambda: _remove(packages, _is_source)),
        ("unused parts of pyarrow", lambda: _slim_pyarrow(packages / "pyarrow")),
    ]
    if strip:
        steps.append(("symbol tables", lambda: _strip(packages)))
    if (packages / "spacy").is_dir():
        steps.append(("bytecode of what the service imports", lambda: _compile(environment)))
    size = _size(environment)
    print(f"{size / 1e6:7.1f} MB  {environment}")
    for name, step in steps:
        step()
        before, size = size, _size(environment)
        print(f"{(size - before) / 1e6:+7.1f} MB  {name}")
    print(f"{size / 1e6:7.1f} MB  {environment}")


def _remove(folder: Path, is_unneeded: Callable[[Path], bool]) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.exists() or not is_unneeded(path):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _is_source(path: Path) -> bool:
    return path.is_file() and path.suffix in SOURCES


def _slim_pyarrow(pyarrow: Path) -> None:
    for pattern in PYARROW_UNUSED:
        for path in sorted(pyarrow.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    # The wheel has some libraries three times, as libx.so, libx.so.2500 and libx.so.2500.1.0.
    for path in sorted(pyarrow.glob("*.so.*.*.*")):
        shorter = path.name.split(".so.")[0] + ".so"
        for other in sorted(pyarrow.glob(f"{shorter}*")):
            if other != path:
                other.unlink()
                other.symlink_to(path.name)


def _strip(packages: Path) -> None:
    # What auditwheel has patched (the folders *.libs) does not survive it for sure.
    modules = [
        str(path)
        for path in sorted(packages.rglob("*.so*"))
        if path.is_file() and not path.is_symlink() and not path.parent.name.endswith(".libs")
    ]
    if modules:
        subprocess.run(["strip", "--strip-unneeded", *modules], check=True)


def _compile(environment: Path) -> None:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    imports = "; ".join(f"import {name}" for name in IMPORTED)
    python = environment / "bin" / "python"
    subprocess.run([str(python), "-c", imports], check=True, env=variables, cwd="/")


def _size(folder: Path) -> int:
    """Bytes of the files of a folder; of a hard link twice."""
    return sum(path.lstat().st_size for path in _files(folder))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


if __name__ == "__main__":
    slim(Path(sys.argv[1]), strip="--strip" in sys.argv[2:])
