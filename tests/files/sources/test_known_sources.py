"""Rows in the layouts that other programs write, as small as they come."""

from __future__ import annotations

from typing import Any

import pytest

from reward_service.files.mapping import item_fields
from reward_service.files.records import item_of
from reward_service.files.sources import source_of
from reward_service.wire import Item
from reward_service.wire.errors import RequestError

STEM = "A man has a hot, swollen toe. Which is it?"
PROMPT = f"Question: {STEM}\nA. Gout\nB. Fracture\nAnswer:"
OPTIONS = {"A": "Gout", "B": "Fracture"}


def item(row: dict[str, Any]) -> Item:
    return item_of(item_fields(row))


def lm_eval_row(**changes: Any) -> dict[str, Any]:
    return {
        "doc_id": 7,
        "doc": {"question": STEM, "options": OPTIONS, "answer_idx": "A"},
        "target": "A",
        "arguments": {"gen_args_0": {"arg_0": PROMPT, "arg_1": {"until": ["\n"]}}},
        "resps": [["Gout, as the toe is hot. A", "B"]],
        "filtered_resps": ["A"],
        "filter": "none",
        "metrics": ["exact_match"],
        "exact_match": 1.0,
        **changes,
    }


def test_lm_eval() -> None:
    found = item(lm_eval_row())
    assert (found.id, found.question, found.options, found.answer) == ("7", STEM, OPTIONS, "A")
    assert found.completions == ["Gout, as the toe is hot. A", "B"]
    assert source_of(lm_eval_row()).name == "lm-eval"


@pytest.mark.parametrize(
    ("doc", "target", "answer"),
    [
        ({"question": STEM, "opa": "Gout", "opb": "Fracture", "id": "m-1"}, "1", "B"),
        ({"sent1": STEM, "sent2": "", "ending0": "Gout", "ending1": "Fracture"}, "0", "A"),
        ({"question": STEM, "choices": ["Gout", "Fracture"]}, "fracture", "B"),
        (
            {"question": STEM, "choices": {"label": ["A", "B"], "text": ["Gout", "Fracture"]}},
            "b",
            "B",
        ),
        ({"question": STEM, "A": "Gout", "B": "Fracture"}, "A. Gout", "A. Gout"),
    ],
)
def test_lm_eval_knows_the_usual_data_sets(doc: dict[str, Any], target: str, answer: str) -> None:
    found = item(lm_eval_row(doc=doc, target=target))
    assert (found.question, found.options, found.answer) == (STEM, OPTIONS, answer)


def test_lm_eval_falls_back_on_the_prompt() -> None:
    found = item(lm_eval_row(doc={"text": "?"}, arguments=[[PROMPT, {"until": []}]]))
    assert (found.question, found.prompt, found.answer) == (None, PROMPT, "A")
    chat = '[{"role": "user", "content": "Which?"}]'
    found = item(lm_eval_row(doc={}, arguments={"gen_args_0": {"arg_0": [chat], "arg_1": {}}}))
    assert found.prompt is not None
    assert not isinstance(found.prompt, str)
    assert found.prompt[0].content == "Which?"


def test_lm_eval_without_a_text() -> None:
    choice = lm_eval_row(
        arguments={
            f"gen_args_{i}": {"arg_0": PROMPT, "arg_1": f" {x}"} for i, x in enumerate("AB")
        },
        resps=[[["-0.5", "False"]], [["-0.7", "True"]]],
    )
    with pytest.raises(RequestError, match="log-likelihood"):
        item(choice)
    with pytest.raises(RequestError, match="the model's texts"):
        item(lm_eval_row(resps=[]))


def test_a_number_that_is_an_index_and_a_text_is_no_key() -> None:
    doc = {"question": "How many?", "choices": ["1", "0"]}
    with pytest.raises(RequestError, match="the text of option B and the index of option A"):
        item(lm_eval_row(doc=doc, target="0"))


def lighteval_row(doc: dict[str, Any], text: list[str]) -> dict[str, Any]:
    base = {"query": PROMPT, "id": "3", "task_name": "med", "instruction": None}
    return {"doc": {**base, **doc}, "model_response": {"text": text}, "metric": {"em": 1}}


@pytest.mark.parametrize(
    ("choices", "gold", "options", "answer"),
    [
        (["A", "B"], 1, None, "B"),
        ([" A", " B"], [0], None, "A"),
        (["Gout", "Fracture"], 1, OPTIONS, "B"),
        (["Gout", "Fracture", "Sepsis"], [0, 2], {**OPTIONS, "C": "Sepsis"}, ["A", "C"]),
        (["an open answer"], 0, None, "an open answer"),
        (["one", "or another"], [0, 1], None, None),
        ([], [], None, None),
    ],
)
def test_lighteval(choices: list[str], gold: Any, options: Any, answer: Any) -> None:
    found = item(lighteval_row({"choices": choices, "gold_index": gold}, ["Gout.", "B"]))
    assert (found.id, found.prompt, found.options, found.answer) == ("3", PROMPT, options, answer)
    assert found.completions == ["Gout.", "B"]


def test_lighteval_before_its_new_layout_and_without_a_text() -> None:
    row = {"full_prompt": PROMPT, "predictions": ["B"], "choices": ["A", "B"], "gold_index": 1}
    assert item(row).answer == "B"
    with pytest.raises(RequestError, match="no generated text"):
        item(lighteval_row({"choices": ["A"], "gold_index": 0}, []))


def inspect_row(**changes: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": "Gout. ANSWER: A"}
    return {
        "id": 4,
        "epoch": 1,
        "input": STEM,
        "choices": ["Gout", "Fracture"],
        "target": "A",
        "output": {"choices": [{"message": message}], "completion": "Gout. ANSWER: A"},
        "messages": [],
        "metadata": {},
        **changes,
    }


def test_inspect_ai() -> None:
    found = item(inspect_row())
    assert (found.id, found.prompt, found.options, found.answer) == ("4", STEM, OPTIONS, "A")
    assert found.completions == ["Gout. ANSWER: A"]
    several = item(inspect_row(target=["A", "B"]))
    assert several.answer == ["A", "B"]
    free = item(inspect_row(choices=None, target="gout"))
    assert (free.options, free.answer) == (None, "gout")


def test_inspect_ai_reads_parts_and_attachments() -> None:
    parts = [
        {"type": "reasoning", "reasoning": "The toe is hot."},
        {"type": "reasoning", "reasoning": "secret", "redacted": True, "summary": "In short."},
        {"type": "text", "text": "ANSWER: A"},
        {"type": "image", "image": "data:"},
    ]
    found = item(
        inspect_row(
            input=[{"role": "user", "content": "attachment://abc"}],
            attachments={"abc": "a long question"},
            output={"choices": [{"message": {"role": "assistant", "content": parts}}]},
        )
    )
    assert found.completions == ["The toe is hot.\n\nIn short.\n\nANSWER: A"]
    assert found.prompt is not None
    assert not isinstance(found.prompt, str)
    assert found.prompt[0].content == "a long question"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"output": {"choices": []}, "error": {"message": "time-out"}}, "failed: time-out"),
        ({"output": {"choices": [], "completion": ""}}, "the model said nothing"),
    ],
)
def test_inspect_ai_samples_that_failed(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        item(inspect_row(**changes))


def test_trl() -> None:
    row = {"step": 5, "prompt": PROMPT, "completion": "A", "accuracy": 1.0, "advantage": 0.5}
    found = item(row)
    assert (found.prompt, found.completions, found.answer) == (PROMPT, ["A"], None)
    assert item({**row, "solution": "A"}).answer == "A"
    messages = [{"role": "user", "content": [{"type": "text", "text": "Which?"}], "name": None}]
    chat = item({**row, "prompt": messages, "completion": [{"role": "assistant", "content": "A"}]})
    assert chat.prompt is not None
    assert not isinstance(chat.prompt, str)
    assert chat.prompt[0].content == "Which?"
    assert source_of(row).name == "trl"


@pytest.mark.parametrize(
    ("label", "answer"),
    [
        ("A", "A"),
        (["A"], "A"),
        (["A", "B"], ["A", "B"]),
        ({"target": "A", "options": ["Gout", "Fracture"], "question": STEM}, "A"),
        ('{"answer": "A", "options": {"A": "Gout", "B": "Fracture"}}', "A"),
        ("[not JSON", "[not JSON"),
        (None, None),
    ],
)
def test_verl_dumps(label: Any, answer: Any) -> None:
    row = {"input": PROMPT, "output": "A", "gts": label, "score": 1.0, "step": 3, "acc": 1.0}
    found = item(row)
    assert (found.prompt, found.completions, found.answer) == (PROMPT, ["A"], answer)
    if isinstance(label, dict):
        assert (found.question, found.options) == (STEM, OPTIONS)


def test_decoded_chats_become_messages_again() -> None:
    text = f"system\nBe careful.\nuser\n{PROMPT}\nassistant\n"
    found = item({"input": text, "output": "A", "reward": 0.5})
    assert found.prompt is not None
    assert not isinstance(found.prompt, str)
    assert [(m.role, m.content) for m in found.prompt] == [
        ("system", "Be careful."),
        ("user", PROMPT),
        ("assistant", ""),
    ]


def test_a_flat_row_with_an_output_is_plain() -> None:
    row = {"question": STEM, "input": "something", "output": "A", "score": 1}
    assert source_of(row).name == "plain"
    assert item(row).completions == ["A"]


def test_cells_of_a_text_table() -> None:
    found = item(
        {
            "id": "1",
            "prompt": '[{"role": "user", "content": "Which?"}]',
            "options": '["Gout", "Fracture"]',
            "answer": "A",
            "completions": '["A", "B"]',
        }
    )
    assert found.options == OPTIONS
    assert found.completions == ["A", "B"]
    assert not isinstance(found.prompt, str | None)
    with pytest.raises(RequestError, match="a list of texts as JSON"):
        item({"question": STEM, "completions": "A and B"})
