"""What is typed into the page becomes the request that it stands for, or a clear complaint."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from reward_service.bundled import load_cases
from reward_service.web.form import Form, FormError
from reward_service.wire import ScoreRequest

TYPED = {
    "question": "A man has fever.\r\nWhich?",
    "options": "A: Gout\r\n\r\n(b) Sepsis\r\nC. Flu ",
    "answer": "B",
    "completion": "It is B.",
}


def read(**fields: str) -> Form:
    return Form.read(urlencode({**TYPED, **fields}).encode())


def test_a_form_becomes_a_request() -> None:
    body = read(context=" ", **{"weight-accuracy": "5", "weight-coverage": ""}).request()
    assert body == {
        "items": [
            {
                "question": "A man has fever.\nWhich?",
                "options": {"A": "Gout", "B": "Sepsis", "C": "Flu"},
                "answer": "B",
                "context": None,
                "reference": None,
                "completions": ["It is B."],
            }
        ],
        "weights": {"accuracy": 5.0},
        "explain": True,
    }
    ScoreRequest.model_validate(body)


def test_without_options_the_question_is_read_as_a_prompt() -> None:
    item = read(options="").request()["items"][0]
    assert item["options"] is None
    assert "question" not in item
    assert item["prompt"].startswith("A man")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("A, C", ["A", "C"]), ("Gout, acute", "Gout, acute"), ("", None), (" b ", "b")],
)
def test_keys(answer: str, expected: object) -> None:
    assert read(answer=answer).request()["items"][0]["answer"] == expected


def test_several_completions_stay_apart_and_empty_ones_are_left_out() -> None:
    form = Form.read(urlencode([*TYPED.items(), ("completion", " "), ("completion", "B")]).encode())
    assert form.completions == ("It is B.", "B")


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"question": " "}, "the case is empty"),
        ({"completion": ""}, "no completion"),
        ({"options": "A: Gout\nSepsis"}, "options, line 2: expected a letter"),
        ({"options": "A: Gout\na) Flu"}, "options, line 2: A stands twice"),
        ({"weight-accuracy": "much"}, "weight of accuracy: expected a number"),
    ],
)
def test_complaints(fields: dict[str, str], complaint: str) -> None:
    with pytest.raises(FormError, match=complaint):
        read(**fields).request()


def test_bytes_that_are_no_form_are_refused() -> None:
    with pytest.raises(ValueError, match="codec"):
        Form.read("é".encode())
    with pytest.raises(ValueError, match="fields"):
        Form.read(b"a=1&" * 101)


def test_every_bundled_case_survives_the_form() -> None:
    for case in load_cases():
        item = case.item()
        again = Form.of_item(item, ["x"]).request()["items"][0]
        assert again["options"] == item.options
        assert again["answer"] == item.answer
        assert again["context"] == item.context
