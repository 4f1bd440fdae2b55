"""The pages of the running service: what they show, their JSON twins, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from server_helpers import Call, caller, wait_until

from reward_service.bundled import load_cases
from reward_service.server.loading import load
from reward_service.server.nursery import LocalEngine
from reward_service.server.workers import Pool
from reward_service.settings import Settings

FORM = {"content-type": "application/x-www-form-urlencoded"}
TYPED = {
    "question": "A 60-year-old man has fever and a cough. He denies chest pain. Which is it?",
    "options": "A: Gout\nB: Pneumonia",
    "answer": "B",
    "completion": "His fever and cough point to pneumonia. The answer is B. CANARY",
}


@pytest.fixture(scope="module")
def real_pool() -> Iterator[Pool]:
    pool = Pool([LocalEngine(lambda: load(Settings()))])
    pool.start()
    wait_until(lambda: pool.ready, 60)
    yield pool
    pool.close()


@pytest.fixture
def page(real_pool: Pool) -> Call:
    return caller(real_pool, Settings())


def body(**fields: str) -> bytes:
    return urlencode({**TYPED, **fields}).encode()


def test_the_start_page_links_to_examples_that_open(page: Call) -> None:
    start = page("GET", "/")
    assert start.status_code == 200
    links = re.findall(r'href="(explain\?[^"]+)"', start.text)
    assert len(links) == sum(len(case.completions) for case in load_cases())
    shown = page("GET", "/" + links[1].replace("&amp;", "&"))
    assert shown.status_code == 200
    assert "The difference" in shown.text


def test_pages_let_the_browser_run_and_load_nothing_foreign(page: Call) -> None:
    for path in ("/", "/explain?case=haem-ttp", "/static/page.js"):
        headers = page("GET", path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers
    text = page("GET", "/explain?case=haem-ttp").text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
    assert "<style" not in text
    assert " style=" not in text


def test_a_typed_form_is_explained(page: Call) -> None:
    shown = page("POST", "/explain", content=body(), headers=FORM)
    assert shown.status_code == 200
    assert "CANARY" in shown.text
    assert re.search(r'<mark class="matched[^>]*>fever</mark>', shown.text)
    assert shown.headers["cache-control"] == "no-store"


def test_the_twin_says_the_same_as_the_api(page: Call) -> None:
    twin = page("POST", "/explain.json", content=body(), headers=FORM).json()
    assert page("POST", "/score", json=twin["request"]).json() == twin["response"]
    example = page("GET", "/explain.json?case=haem-ttp&kind=good").json()
    assert example["response"]["items"][0]["scores"][0]["explanation"]
    index = page("GET", "/index.json").json()
    assert [case["id"] for case in index["cases"]] == [case.id for case in load_cases()]


def test_weights_of_the_form_make_the_reward(page: Call) -> None:
    plain = page("POST", "/explain.json", content=body(), headers=FORM).json()
    fields = {"weight-accuracy": "0", "weight-coverage": "0"}
    moved = page("POST", "/explain.json", content=body(**fields), headers=FORM).json()
    score = moved["response"]["items"][0]["scores"][0]
    assert score["reward"] == pytest.approx(score["objectives"]["faithfulness"])
    assert score["objectives"] == plain["response"]["items"][0]["scores"][0]["objectives"]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [({"question": ""}, "the case is empty"), ({"options": "?"}, "options, line 1")],
)
def test_a_wrong_form_comes_back_as_it_was_typed(
    page: Call, fields: dict[str, str], complaint: str
) -> None:
    shown = page("POST", "/explain", content=body(**fields), headers=FORM)
    assert shown.status_code == 422
    assert complaint in shown.text
    assert "CANARY" in shown.text
    twin = page("POST", "/explain.json", content=body(**fields), headers=FORM)
    assert twin.status_code == 422
    assert complaint in twin.json()["error"]["message"]


def test_hostile_texts_are_shown_and_do_nothing(page: Call) -> None:
    hostile = '</mark></p><script>alert("x")</script><img src=x onerror=alert(1)>'
    fields = {name: TYPED[name] + hostile for name in TYPED}
    text = page("POST", "/explain", content=body(**fields), headers=FORM).text
    assert "<img" not in text
    assert "<script>alert" not in text
    assert "&lt;img" in text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/explain?case=none", "no bundled case"),
        ("/explain?case=haem-ttp&kind=best", "has the kinds"),
        ("/static/page.html", "no such file"),
        ("/static/..%2f__init__.py", "not found"),
    ],
)
def test_what_is_not_there(page: Call, path: str, words: str) -> None:
    answer = page("GET", path)
    assert answer.status_code == 404
    assert words in answer.json()["error"]["message"]


def test_a_form_that_is_no_form_or_too_large(real_pool: Pool) -> None:
    small = caller(real_pool, Settings(max_body_bytes=1000))
    assert small("POST", "/explain", content=b"\xff\xfe", headers=FORM).status_code == 422
    long = body(completion="x" * 2000)
    assert small("POST", "/explain", content=long, headers=FORM).status_code == 413
