"""The scorer's fingerprint: equal fingerprints give equal scores.

It covers the code and tables of every layer that a score passes through, the vocabulary, the
pipeline and the config, so that a score file can be told from one that other rules made.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from reward_service.scoring.config import ScorerConfig

_LAYERS = (
    "analysis",
    "completions",
    "grounding",
    "judge",
    "objectives",
    "scoring",
    "similarity",
    "text",
    "vocabulary",
    "wire",
)
_SUFFIXES = (".py", ".tsv")


def fingerprint(
    config: ScorerConfig, pipeline: str, vocabulary_sha256: str, paraphrases: str = ""
) -> str:
    """16 hexadecimal digits. Weights count; the size of the cache does not.

    `paraphrases` names the sentence encoder and how it is used. Of a judge its model counts, with
    the rubric (which is code), and not its address: replicas may reach one model by other ways.
    """
    parts = [
        code_digest(),
        vocabulary_sha256,
        pipeline,
        repr(config.tags),
        repr(sorted(config.weights.items())),
        str(config.max_chars),
        paraphrases,
        "" if config.judge is None else config.judge.model,
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@cache
def code_digest() -> str:
    """SHA-256 over the scoring layers' code and tables."""
    digest = hashlib.sha256()
    package = files("reward_service")
    for layer in _LAYERS:
        for name, content in _contents(package / layer, layer):
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _contents(folder: Traversable, name: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            found += _contents(entry, path)
        elif entry.name.endswith(_SUFFIXES):
            found.append((path, entry.read_bytes()))
    return sorted(found)
