"""CasiMedicos: resident-exam cases in English with the explanations of doctors.

A file has one token and its label a line and an empty line after each sentence. A case runs from
"QUESTION TYPE:" to the next one: the case, numbered options, "CORRECT ANSWER: 4", the explanation.
The labels mark premises (findings) and claims; only those explanations are read in which the
labellers found a premise, because the others lecture and do not speak of the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from reward_service.attacks.errors import AttackError
from reward_service.attacks.subjects import Subject

_LETTERS = "ABCDEFGHIJ"
_PREMISE = "\x01"  # stands before the first token of a premise
_CASE = re.compile(
    r"CLINICAL CASE:(?P<question>.*?)\n(?P<options>1-.*?)\nCORRECT ANSWER:\s*(?P<key>\d)"
    r"\s*\n(?P<reasoning>.*)",
    re.DOTALL,
)
_OPTION = re.compile(r"^(\d)-\s*(.*)$", re.MULTILINE)
_NUMBERED = re.compile(r"\b([Oo]ptions?|[Aa]nswers?(?: is| would be)?|[Cc]hoices?)\s+\(?([1-5])\b")
_AT_START = re.compile(r"^([1-5])(?=[-.:)]|\s+(?:is|was|would|has|does|cannot)\b)", re.MULTILINE)


def casimedicos(path: Path) -> list[Subject]:
    """The cases of one file. Options numbered in the source become lettered, in the text too.

    Raises AttackError when the file holds no case.
    """
    text = re.sub(r"\n{2,}", "\0", "\n".join(_tokens(path))).replace("\n", " ").replace("\0", "\n")
    found = [
        _subject(f"{path.stem}-{i}", part) for i, part in enumerate(text.split("QUESTION TYPE:"))
    ]
    subjects = [subject for subject in found if subject is not None]
    if not subjects:
        raise AttackError(f"{path}: no case found; expected tokens with labels, one a line")
    return subjects


def _tokens(path: Path) -> Iterator[str]:
    """The token of each line, empty lines as they are, premises marked."""
    for line in path.read_text("utf-8").splitlines():
        token, _, label = line.strip().rpartition(" ")
        yield f"{_PREMISE}{token}" if label == "B-Premise" else token


def _subject(name: str, part: str) -> Subject | None:
    marked = _CASE.search(part)
    match = _CASE.search(part.replace(_PREMISE, ""))
    if marked is None or match is None or _PREMISE not in marked["reasoning"]:
        return None
    numbered = _OPTION.findall(match["options"])
    options = {_LETTERS[int(n) - 1]: words.rstrip(" .") for n, words in numbered if words != "nan"}
    answer = _LETTERS[int(match["key"]) - 1]
    if answer not in options:
        return None
    return Subject(
        id=name,
        source="casimedicos",
        question=match["question"].strip(),
        options=options,
        answer=answer,
        reasoning=_lettered(match["reasoning"].strip()),
    )


def _lettered(text: str) -> str:
    text = _NUMBERED.sub(lambda m: f"{m[1]} {_LETTERS[int(m[2]) - 1]}", text)
    return _AT_START.sub(lambda m: f"Option {_LETTERS[int(m[1]) - 1]}", text)
