"""Items out of what stacks hand to reward functions, and single calls as batches."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import numpy as np
import pytest
from plugin_cases import CASE, LABEL, OPTIONS

from trainer.stacks.coalescing import Coalescer
from trainer.stacks.items import build_item, group_items

WHOLE = {**LABEL, "completions": ["c"]}


@pytest.mark.parametrize(
    ("label", "columns"),
    [
        (LABEL, {}),
        (json.dumps(LABEL), {}),
        ("A", {"question": CASE, "options": OPTIONS}),
        (None, {**LABEL, "colour": "red"}),
        (None, {"item": json.dumps(LABEL)}),
        (None, {"item": LABEL, "answer": "C"}),
        ({"ground_truth": LABEL}, {}),
        ("A", {"question": CASE, "choices": list(OPTIONS.values())}),
        (None, {"question": CASE, "options": {**OPTIONS, "D": None}, "solution": "A"}),
        (np.array("A"), {"question": CASE, "options": np.array(list(OPTIONS.values()))}),
    ],
)
def test_the_same_item_out_of_every_shape(label: object, columns: dict[str, object]) -> None:
    assert build_item("c", prompt="p", label=label, columns=columns) == WHOLE


def test_the_prompt_stands_in_for_a_question() -> None:
    assert build_item("c", prompt="p", label="A") == {
        "prompt": "p",
        "answer": "A",
        "completions": ["c"],
    }
    assert build_item("c", label=["A", 2]) == {
        "prompt": "",
        "answer": ["A", "2"],
        "completions": ["c"],
    }
    assert build_item("c", prompt="p", label="{broken")["answer"] == "{broken"


def test_equal_questions_are_sent_once_and_equal_completions_too() -> None:
    first, second = {"question": "a", "answer": "A"}, {"question": "b", "answer": "A"}
    items = [
        {**q, "completions": [c]}
        for q, c in zip([first, second, first, first], "xxyx", strict=True)
    ]
    assert group_items(items) == (
        [{**first, "completions": ["x", "y"]}, {**second, "completions": ["x"]}],
        [(0, 0), (1, 0), (0, 1), (0, 0)],
    )


def test_calls_at_the_same_time_share_a_batch() -> None:
    batches: list[list[int]] = []

    async def send(asked: Sequence[int]) -> list[int]:
        batches.append(list(asked))
        return [number * 10 for number in asked]

    async def run() -> list[int]:
        coalescer = Coalescer(send, most=3, wait=0.001)
        return await asyncio.gather(*(coalescer.ask(number) for number in range(5)))

    assert asyncio.run(run()) == [0, 10, 20, 30, 40]
    assert batches == [[0, 1, 2], [3, 4]]


def test_a_failure_reaches_every_caller_of_its_batch() -> None:
    async def send(asked: Sequence[int]) -> list[int]:
        raise OSError("down")

    async def run() -> list[object]:
        coalescer = Coalescer(send)
        calls = [coalescer.ask(number) for number in range(2)]
        return await asyncio.gather(*calls, return_exceptions=True)

    assert [str(error) for error in asyncio.run(run())] == ["down", "down"]
