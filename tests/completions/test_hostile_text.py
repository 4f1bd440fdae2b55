"""Texts made to be slow: a megabyte of anything is read in time that grows with its length."""

from __future__ import annotations

import time

import pytest

from reward_service.completions import find_answer, parse_completion, read_prompt

OPTIONS = {"A": "Magnesium sulfate", "B": "Nifedipine", "C": "Ritodrine", "D": "A"}
BIG = 1_000_000
# Far above what any of them takes (under half a second), far below what quadratic time would take.
LIMIT_S = 10.0

REPEATED = [
    "<dx>",
    "<dx></dx>",
    "<conclusion>",
    "<conclusion>a</conclusion>",
    "<",
    "<       ",
    "\\boxed{",
    "\\boxed{B}",
    "the answer is ",
    "The answer is B. ",
    "answer",
    "answer ",
    "best option ",
    "is correct ",
    "I choose ",
    "B is the answer, ",
    "A, B or C and ",
    "A) ",
    "A)\n",
    "A. B. C. D. ",
    "(",
    "*",
    '"',
    " ",
    "\n",
    ". ",
    "x",
    "word ",
    "😀",
    "İ",
    "\0",
]


def read_everything(text: str) -> None:
    completion = parse_completion(text)
    find_answer(completion, OPTIONS)
    find_answer(completion, None)
    read_prompt(text)


@pytest.mark.parametrize("piece", REPEATED)
def test_repeated_pieces(piece: str) -> None:
    started = time.thread_time()
    read_everything(piece * (BIG // len(piece)))
    assert time.thread_time() - started < LIMIT_S


@pytest.mark.parametrize(
    "template",
    [
        "the answer is q{} ",
        "The answer is q{}. ",
        "\\boxed{{x{}}} ",
        "<conclusion>drug {}</conclusion>",
        "So B{} is correct. ",
        "I choose x{}. ",
        "line {}: nifedipine\n",
    ],
)
@pytest.mark.parametrize("opening", ["", "<conclusion>"])
def test_pieces_that_all_differ(template: str, opening: str) -> None:
    text = opening + "".join(template.format(i) for i in range(BIG // 20))
    started = time.thread_time()
    read_everything(text)
    assert time.thread_time() - started < LIMIT_S
