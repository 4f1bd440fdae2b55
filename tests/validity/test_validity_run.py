from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from reward_service.validity.base import Context, Row, Test
from reward_service.validity.errors import ValidityError
from reward_service.validity.registry import named, registered
from reward_service.validity.report import as_json, cells, markdown
from reward_service.validity.run import Result, run
from reward_service.validity.scoring import MakeScorer, Scoring
from reward_service.wire.errors import PipelineError

ROW = Row(
    test="t: a|b",
    data="d",
    half="all",
    n=1234,
    figure="AUC",
    ours=0.5,
    low=0.4,
    high=0.6,
    baselines={"length": 0.25},
    difference=0.25,
    difference_low=0.1,
    difference_high=0.3,
    goal=0.9,
    note="What it shows.",
)


def _test(name: str, files: tuple[str, ...], rows: list[Row]) -> Test:
    return Test(name=name, meaning="m", files=files, run=lambda _: rows)


def _run(context: Context, folder: Path | None, *chosen: Test) -> Result:
    seen: list[str] = []
    result = run(chosen, folder, lambda _: context, {"version": "1"}, lambda t: seen.append(t.name))
    assert not {name for name in seen} & {
        line.split(":")[0] for line in result.skipped if "skip" in line
    }
    return result


def test_missing_files_are_told_and_the_rest_runs(context: Context) -> None:
    result = _run(
        context,
        context.data,
        _test("first", ("nothing.csv",), [ROW]),
        _test("second", ("medqa_dev.jsonl",), [ROW]),
        _test("third", (), []),
    )
    assert result.rows == (ROW,)
    assert result.skipped == (
        f"first: skipped: nothing.csv not in {context.data}",
        "third: nothing to measure in the chosen questions",
    )
    content = (context.data / "medqa_dev.jsonl").read_bytes()
    assert result.files == {"medqa_dev.jsonl": hashlib.sha256(content).hexdigest()}


def test_without_a_folder_only_what_needs_no_data_runs(context: Context) -> None:
    result = _run(context, None, _test("a", ("x.tsv",), [ROW]), _test("b", (), [ROW]))
    assert result.skipped == ("a: skipped: x.tsv: no data folder was named",)
    assert len(result.rows) == 1
    assert result.missed == (ROW,)


def test_every_registered_test_runs_on_the_tiny_folder(context: Context) -> None:
    result = _run(context, context.data, *(t for t in registered() if not t.held_out))
    assert not [line for line in result.skipped if "skipped" in line]
    assert len(result.rows) > 20
    for row in result.rows:
        assert row.low <= row.high
        assert row.n > 0


def test_names_of_tests() -> None:
    assert [test.name for test in named(("lengths", "findings"))] == ["findings", "lengths"]
    assert named(None) == registered()
    with pytest.raises(ValidityError, match="no test named 'finding'; known: findings"):
        named(("finding",))


def test_the_page_and_the_json(context: Context) -> None:
    result = _run(context, context.data, _test("a", (), [ROW]), _test("b", ("gone",), []))
    page = markdown(result)
    assert "| t: a/b | d | 1,234 | AUC | 0.500 | 0.400 to 0.600 | length 0.250 |" in page
    assert "+0.250 (+0.100 to +0.300) | 0.9 missed |" in page
    assert "## a\n\nM\n\n| test |" in page
    assert "\n- What it shows.\n" in page
    assert "- b: skipped: gone not in" in page
    assert "All questions, seed 0; 95 % intervals of 40 bootstrap resamples" in page
    data: dict[str, Any] = as_json(result)
    assert data["rows"][0]["met"] is False
    assert data["scorer"] == {"version": "1"}
    assert cells(ROW)[-1] == "0.9 missed"


def test_scores_are_kept_and_explained(real_score: Scoring) -> None:
    item = {
        "question": "A 30-year-old man has a fever and a cough. Which?",
        "options": {"A": "Pneumonia", "B": "Asthma"},
        "answer": "A",
        "completions": ["Fever and cough point to pneumonia. The answer is A.", ""],
    }
    before = real_score.scored
    (alone,) = real_score([item])
    assert real_score([item, item]) == [alone, alone]
    assert real_score.scored == before + 2
    ((explained, _),) = real_score([item], explain=True)
    assert explained.objectives == alone[0].objectives
    assert explained.value("accuracy") == 1.0
    assert explained.value("words") == 10
    proof = next(p for p in explained.evidence["faithfulness"] if p.outcome == "matched")
    assert proof.completion == (0, 5)
    assert proof.case == ("question", 24, 29)
    assert alone[0].evidence == {}
    with pytest.raises(KeyError):
        explained.value("nothing")


def test_workers_change_nothing(counting: MakeScorer) -> None:
    items = [{"question": f"Case {i}?", "completions": ["right " * i, "no"]} for i in range(40)]
    counts: list[int] = []
    with Scoring(counting, 1) as score, Scoring(counting, 2, counts.append) as pool:
        alone = score(items)
        assert pool(items) == alone
        assert counts == list(range(2, 82, 2))
        assert pool.identity == score.identity
        with pytest.raises(PipelineError, match="a scoring process died"):
            pool([{"question": f"{i}?", "completions": ["die"]} for i in range(20)])
    assert [found[0].value("accuracy") for found in alone[:2]] == [0.0, 1.0]
