"""CasiMedicos (Sviridova et al. 2024): resident-exam cases with doctors' explanations.

One token and its BIO tag (premise or claim) a line, an empty line after each sentence. A case runs
from "QUESTION TYPE:" over "CLINICAL CASE:", the case, the ask, "1- option" … and
"CORRECT ANSWER: n" to the doctor's explanation. Tokens are joined by spaces, sentences by line
breaks. Options keep their numbers as labels ("1", "2" …), by which the doctors refer to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reward_service.validity.data.question import Question
from reward_service.validity.errors import ValidityError

FILES = ("casimedicos/train.tsv", "casimedicos/dev.tsv")
PREMISE = "Premise"
CLAIM = "Claim"
_OPTION = re.compile(r"(\d+)-\s*(.*)", re.DOTALL)
_KEY = re.compile(r"CORRECT ANSWER:\s*(\d+)")
_TYPE = "QUESTION TYPE:"
_CASE = "CLINICAL CASE:"


class Part(NamedTuple):
    """A tagged stretch of a text: `kind` is "Premise" or "Claim"."""

    kind: str
    start: int
    end: int


class Tagged(NamedTuple):
    """A text with its tagged parts, and the range of each of its sentences."""

    text: str
    parts: tuple[Part, ...]
    sentences: tuple[tuple[int, int], ...]

    def kinds(self, start: int, end: int) -> frozenset[str]:
        """What a stretch of the text is tagged as."""
        return frozenset(p.kind for p in self.parts if p.start < end and p.end > start)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorsCase:
    """A case, and what the doctor said about its options. `case` is the question's text."""

    question: Question
    case: Tagged
    explanation: Tagged

    @property
    def key(self) -> str:
        """The question's key."""
        return self.question.key


_Sentence = list[tuple[str, str]]


def read(folder: Path) -> list[DoctorsCase]:
    """The cases of both files. Raises ValidityError for a file of another shape."""
    return [
        _case(f"{name.split('/')[-1].removesuffix('.tsv')}", number, sentences, folder / name)
        for name in FILES
        for number, sentences in enumerate(_cases(folder / name))
    ]


def _cases(path: Path) -> Iterator[list[_Sentence]]:
    current: list[_Sentence] = []
    for sentence in _sentences(path):
        if _words(sentence).startswith(_TYPE) and current:
            yield current
            current = []
        current.append(sentence)
    if current:
        yield current


def _sentences(path: Path) -> Iterator[_Sentence]:
    sentence: _Sentence = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if line.strip():
            token, _, tag = line.rstrip().rpartition(" ")
            if tag != "O" and tag[:2] not in {"B-", "I-"}:
                raise ValidityError(f"{path}, line {number}: expected a token and its BIO tag")
            sentence.append((token, tag))
        elif sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _case(split: str, number: int, sentences: Sequence[_Sentence], path: Path) -> DoctorsCase:
    case: list[_Sentence] = []
    explanation: list[_Sentence] = []
    options: dict[str, str] = {}
    answer = subject = ""
    for sentence in sentences:
        words = _words(sentence)
        option, key = _OPTION.fullmatch(words), _KEY.match(words)
        if answer:
            explanation.append(sentence)
        elif key:
            answer = key[1]
        elif option and int(option[1]) == len(options) + 1:
            options[option[1]] = option[2]
        elif words.startswith(_TYPE):
            subject = words.removeprefix(_TYPE).strip()
        elif not words.startswith(_CASE):
            case.append(sentence)
    # "nan" stands where a question has fewer options than others.
    options = {label: text for label, text in options.items() if text != "nan"}
    if answer not in options:
        raise ValidityError(f"{path}: case {number + 1} has no option {answer or '(none)'}")
    tagged, said = _tagged(case), _tagged(explanation)
    question = Question(
        key=f"casimedicos:{split}:{number}",
        row=number,
        question=tagged.text,
        options=options,
        answer=answer,
        explanation=said.text or None,
        subject=subject,
    )
    return DoctorsCase(question=question, case=tagged, explanation=said)


def _words(sentence: _Sentence) -> str:
    return " ".join(token for token, _ in sentence)


def _tagged(sentences: Sequence[_Sentence]) -> Tagged:
    """Joins tokens, and adjacent tokens of one tagged part."""
    text = ""
    parts: list[Part] = []
    ranges: list[tuple[int, int]] = []
    for sentence in sentences:
        text += "\n" if text else ""
        begin = len(text)
        for i, (token, tag) in enumerate(sentence):
            text += " " if i else ""
            start = len(text)
            text += token
            kind = tag[2:]
            if tag.startswith("B-") or (kind and (not parts or parts[-1].kind != kind)):
                parts.append(Part(kind, start, len(text)))
            elif kind:
                parts[-1] = parts[-1]._replace(end=len(text))
        ranges.append((begin, len(text)))
    return Tagged(text, tuple(parts), tuple(ranges))
