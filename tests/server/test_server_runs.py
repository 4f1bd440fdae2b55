"""The pages of runs: what they show, their twins, and what they refuse."""

from __future__ import annotations

import builtins
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from server_helpers import Call, caller

from reward_service.server.keys import Role, make_key
from reward_service.server.workers import Pool
from reward_service.settings import Settings

SUPPORT = str(Path(__file__).parents[1] / "runs" / "support")
BASE = "/runs/base.parquet"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SUPPORT)
        from sample_runs import sample_folder  # type: ignore[import-not-found]

        yield sample_folder(tmp_path_factory.mktemp("runs"))


@pytest.fixture
def page(local_pool: Pool, folder: Path) -> Call:
    return caller(local_pool, Settings(runs=folder))


def test_the_list_links_to_every_run(page: Call) -> None:
    text = page("GET", "/runs").text
    links = re.findall(r'href="(runs/[^"]+)"', text)
    assert len(links) == 5
    assert all(page("GET", f"/{link}").status_code == 200 for link in links)
    assert "damaged.parquet" in text
    twin = page("GET", "/runs.json").json()
    assert [run["name"] for run in twin["runs"]] == [link.removeprefix("runs/") for link in links]


def test_links_of_a_nested_run_lead_back_to_the_root(page: Call) -> None:
    text = page("GET", "/runs/experiments/crpo").text
    assert 'href="../../runs"' in text
    assert 'href="../../static/page.css' in text
    assert "Learning curves" in text
    assert 'href="crpo?row=0"' in text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?view=gaming",
        "?view=disagreement&sort=coverage&order=asc",
        "?column=subject&op=eq&value=lung&column=reward&op=ge&value=1",
        "?view=unfaithful&column=completion&op=has&value=PNEUMONIA",
    ],
)
def test_a_page_its_twin_and_its_link_say_the_same(page: Call, query: str) -> None:
    text = page("GET", BASE + query).text
    rows = [int(row) for row in re.findall(r'href="base.parquet\?row=(\d+)"', text)]
    found = re.search(r'href="(base\.parquet\.json[^"]*)">JSON', text)
    assert found is not None
    twin = page("GET", "/runs/" + unescape(found[1])).json()
    assert [row["position"] for row in twin["table"]["rows"]] == rows
    assert twin["summary"]["of"] == 8
    assert twin["scorer"]["fingerprint"] == "f0"
    assert page("GET", BASE + query).text == text


def test_filters_stay_when_sorting_and_changing_the_view(page: Call) -> None:
    text = page("GET", BASE + "?column=subject&op=eq&value=lung").text
    links = [unescape(link) for link in re.findall(r'href="(base\.parquet\?[^"]+)"', text)]
    kept = [link for link in links if "sort=" in link or "view=" in link]
    assert len(kept) > 10
    assert all("column=subject&op=eq&value=lung" in link for link in kept)


def test_a_row_can_be_explained_from_its_page(page: Call) -> None:
    text = page("GET", BASE + "?row=3").text
    assert 'action="../explain"' in text
    assert 'name="options" value="A: Gout\nB: Pneumonia"' in text
    assert "faithfulness (no_findings_in_case)" in text
    assert "base.parquet?column=id&amp;op=eq&amp;value=q2" in text
    twin = page("GET", BASE + ".json?row=3").json()
    assert twin["item"]["answer"] == "B"
    without = page("GET", "/runs/textless.parquet?row=0").text
    assert "--keep question" in without
    assert "<form" not in without


def test_hostile_texts_and_parameters_are_only_text(page: Call) -> None:
    for path in (BASE + "?row=4", BASE + "?column=id&op=eq&value=<script>alert(1)</script>"):
        text = page("GET", path).text
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "&lt;script&gt;alert" in text
    assert " style=" not in page("GET", BASE).text


def test_a_hostile_name_is_listed_and_opens(local_pool: Pool, folder: Path, tmp_path: Path) -> None:
    name = """a&"'#<img src=x> %2e.parquet"""
    shutil.copy(folder / "base.parquet", tmp_path / name)
    page = caller(local_pool, Settings(runs=tmp_path))
    text = page("GET", "/runs").text
    assert "<img" not in text
    found = re.search(r'href="(runs/[^"]+)"', text)
    assert found is not None
    shown = page("GET", "/" + unescape(found[1])).text
    assert "<img" not in shown
    row = re.search(r'href="([^"]+row=0)"', shown)
    assert row is not None
    assert page("GET", "/runs/" + unescape(row[1])).status_code == 200


def test_pages_forbid_what_the_others_forbid(page: Call) -> None:
    for path in ("/runs", BASE, BASE + ".json", "/compare"):
        headers = page("GET", path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/runs/none", 404, "no run has this name"),
        ("/runs/..%2f..%2fetc%2fpasswd", 404, "no run has this name"),
        ("/runs/experiments/../base.parquet", 404, "no run"),
        (BASE + "?row=99", 404, "no row of that number"),
        (BASE + "?row=-1", 422, "row: expected a whole number"),
        (BASE + "?page=0", 422, "page: expected 1 to 1"),
        (BASE + "?view=best", 422, "view: expected one of"),
        (BASE + "?order=up", 422, "order: expected asc or desc"),
        (BASE + "?column=nope&op=eq&value=1", 422, "column: expected one of"),
        (BASE + "?column=reward&op=eq", 422, "as many"),
    ],
)
def test_what_is_refused(page: Call, path: str, status: int, words: str, folder: Path) -> None:
    for address in (path, path.replace("parquet?", "parquet.json?")):
        answer = page("GET", address)
        if address == "/runs/experiments/../base.parquet" and answer.status_code == 200:
            continue  # the client resolved the dots itself
        assert answer.status_code == status
        assert words in answer.json()["error"]["message"]
        assert str(folder) not in answer.text


def test_two_runs_are_compared(page: Call) -> None:
    query = "a=base.parquet&b=other.parquet&by=subject&changes=coverage"
    text = page("GET", f"/compare?{query}").text
    assert "▲ better" in text
    assert "<h2>lung</h2>" in text
    assert "runs/other.parquet?column=id&amp;op=eq&amp;value=q1#rows" in text
    twin = page("GET", f"/compare.json?{query}").json()
    (pair,) = twin["pairs"]
    by_number = {one["number"]: one for one in pair["differences"]}
    assert by_number["coverage"]["difference"] == pytest.approx(0.1)
    assert by_number["accuracy"]["ties"] == 4
    assert [change["key"] for change in pair["changes"]] == ["q1", "q2", "q3", "q4"]
    assert twin["changed"] == 4


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 200, "Choose two runs"),
        ("a=base.parquet&b=none", 404, "no run has this name"),
        ("a=base.parquet&b=base.parquet", 422, "same run"),
        ("a=base.parquet&b=other.parquet&key=nope", 422, "no column"),
        ("a=base.parquet&b=other.parquet&changes=nope", 422, "expected one of reward"),
        ("a=base.parquet&b=experiments/crpo", 422, "different objectives or weights"),
        ("a=base.parquet&b=other.parquet&page=9", 422, "page: expected 1 to 1"),
    ],
)
def test_what_cannot_be_compared(page: Call, query: str, status: int, words: str) -> None:
    answer = page("GET", f"/compare?{query}")
    assert answer.status_code == status
    assert words in unescape(answer.text)


def test_pages_need_the_key_that_scoring_needs(local_pool: Pool, folder: Path) -> None:
    keys = [("a", "score-secret", Role.SCORE), ("b", "metrics-secret", Role.METRICS)]
    hashes = ";".join(make_key(name, [role], secret).line() for name, secret, role in keys)
    page = caller(local_pool, Settings(runs=folder, key_hashes=hashes))
    for path in ("/runs", "/runs.json", BASE, BASE + ".json?row=0", "/compare"):
        assert page("GET", path).status_code == 401
        for _, secret, role in keys:
            answer = page("GET", path, headers={"Authorization": f"Bearer {secret}"})
            assert answer.status_code == (200 if role is Role.SCORE else 403)


def test_without_a_folder_the_pages_say_how_to_set_one(local_pool: Pool, tmp_path: Path) -> None:
    page = caller(local_pool, Settings())
    for path in ("/runs", "/compare"):
        answer = page("GET", path)
        assert answer.status_code == 200
        assert "REWARD_RUNS=/path/to/runs" in answer.text
    for path in ("/runs.json", "/compare.json", BASE):
        assert page("GET", path).status_code == 404
    gone = caller(local_pool, Settings(runs=tmp_path / "none"))("GET", "/runs")
    assert "does not exist" in gone.text
    assert str(tmp_path) not in gone.text


def test_a_run_that_has_only_begun_shows_its_curves(local_pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "metrics.jsonl").write_text('{"step": 1, "reward": 1.5}\n')
    answer = caller(local_pool, Settings(runs=tmp_path))("GET", "/runs/new")
    assert answer.status_code == 200
    assert "no completions (yet)" in answer.text
    assert "Learning curves" in answer.text


def test_a_service_without_runs_loads_nothing_that_reads_files() -> None:
    program = (
        "import sys; from reward_service.server.app import create_app; "
        "from reward_service.settings import Settings; create_app(Settings(workers=0)); "
        "print(sorted({'pyarrow', 'duckdb'} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_without_duckdb_the_page_says_what_to_install(
    page: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "duckdb":
            raise ModuleNotFoundError("No module named 'duckdb'", name="duckdb")
        return importing(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.delitem(sys.modules, "duckdb", raising=False)
    answer = page("GET", "/runs/experiments/crpo")
    assert answer.status_code == 200
    assert "pip install" in answer.text
    assert "Learning curves" in answer.text
    assert page("GET", BASE + ".json").status_code == 422
