from __future__ import annotations

from pathlib import Path
from types import ModuleType

from trainer.report import read_run
from trainer.report.examples import choose, find_examples, representatives
from trainer.report.rollouts import Scored


def scored(id: str, reward: float | None, text: str = "") -> Scored:
    return Scored(id=id, item={}, completion=text, reward=reward, objectives={})


def test_the_median_rollout_stands_for_its_question() -> None:
    group = [scored("q", 9.0), scored("q", None), scored("q", 1.0), scored("q", 5.0)]
    assert representatives(group)["q"].reward == 5.0


def test_a_group_without_scores_is_still_shown() -> None:
    assert representatives([scored("q", None, "text")])["q"].completion == "text"


def test_typical_first_then_best_and_worst() -> None:
    before = {id: scored(id, 5.0) for id in "abcde"}
    after = {
        id: scored(id, 5.0 + change) for id, change in zip("abcde", (3, -2, 0, 1, 2), strict=True)
    }
    pairs = choose(before, after)
    assert [(pair.id, pair.why) for pair in pairs[:3]] == [
        ("d", "median change"),
        ("a", "largest gain"),
        ("b", "largest loss"),
    ]
    assert {pair.id for pair in pairs} == set("abcde")


def test_no_shared_question_gives_nothing() -> None:
    assert choose({"a": scored("a", 1)}, {"b": scored("b", 1)}) == ()


def test_first_against_last_steps(run: Path) -> None:
    found = find_examples(read_run(run), count=2)
    assert found is not None
    assert (found.before, found.after) == ("first steps", "last steps")
    assert len(found.pairs) == 2
    for pair in found.pairs:
        assert pair.before.id == pair.after.id
        assert (pair.before.step, pair.after.step) == (1, 6)


def test_an_evaluation_of_the_start_is_preferred(
    made: ModuleType, run: Path, tmp_path: Path
) -> None:
    start = tmp_path / "start" / "test.parquet"
    made.write_parquet(start, made.rows(quality=0.2, questions=40, samples=2, seed=3))
    found = find_examples(read_run(run), start=start)
    assert found is not None
    assert found.before == "evaluation of start"


def test_checkpoints_where_training_repeats_no_question(made: ModuleType, run: Path) -> None:
    for path in (run / "completions").iterdir():
        path.unlink()
    assert find_examples(read_run(run)) is None
    for step in (100, 20):
        made.write_parquet(
            run / "evaluation" / f"test-checkpoint-{step}.parquet",
            made.rows(quality=0.4, questions=40, samples=1, seed=step),
        )
    found = find_examples(read_run(run))
    assert found is not None
    assert found.before == "evaluation of checkpoint 20"
