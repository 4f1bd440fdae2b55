"""Completed chunks of a generation, so that an interrupted evaluation goes on.

    <folder>/.<name>.unfinished/plan.json, chunk-00000.jsonl, chunk-00001.jsonl …

`plan.json` says what the completions depend on. Chunks of another plan are not used.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trainer.evaluation.completions import Completion
from trainer.evaluation.errors import EvaluationError


class Chunks:
    """The chunks of one evaluation. Opening it checks, or writes, the plan."""

    def __init__(
        self, folder: Path, name: str, plan: Mapping[str, Any], *, overwrite: bool
    ) -> None:
        self._folder = folder / f".{name}.unfinished"
        path = self._folder / "plan.json"
        if overwrite:
            self.remove()
        if path.is_file():
            earlier = json.loads(path.read_text("utf-8"))
            if changed := sorted(
                key for key in {*plan, *earlier} if plan.get(key) != earlier.get(key)
            ):
                raise EvaluationError(
                    f"{self._folder}: an unfinished evaluation with another {', '.join(changed)}; "
                    "repeat it as it was begun, or use --overwrite"
                )
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        _write(path, json.dumps(plan, indent=2, ensure_ascii=False) + "\n")

    def read(self, number: int) -> list[Completion] | None:
        """The completions of a chunk; None if it is not done."""
        path = self._path(number)
        if not path.is_file():
            return None
        return [Completion(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]

    def write(self, number: int, completions: Sequence[Completion]) -> None:
        """Keep a finished chunk, whole or not at all."""
        # ASCII: a text may hold what splits lines, or half a surrogate pair.
        lines = [json.dumps(asdict(completion)) for completion in completions]
        _write(self._path(number), "".join(f"{line}\n" for line in lines))

    def remove(self) -> None:
        """Remove the folder, once the evaluation is finished."""
        if self._folder.is_dir():
            shutil.rmtree(self._folder)

    def _path(self, number: int) -> Path:
        return self._folder / f"chunk-{number:05d}.jsonl"


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
