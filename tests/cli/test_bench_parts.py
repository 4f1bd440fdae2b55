from __future__ import annotations

import time

from reward_service.cli.benchmarks.stages import profile
from reward_service.cli.benchmarks.texts import GROUP, bundled_groups
from reward_service.cli.benchmarks.timing import Speed, median_speed, race
from reward_service.wire import Item


def words(item: Item) -> list[int]:
    return [len(str(completion).split()) for completion in item.completions]


def test_texts_are_as_long_as_asked_and_always_the_same() -> None:
    items = bundled_groups(250)
    assert items == bundled_groups(250)
    assert items != bundled_groups(250, seed=1)
    assert len({item.question for item in items}) == len(items) >= 20
    for item in items:
        assert len(item.completions) == GROUP
        assert len(set(map(str, item.completions))) == GROUP
        assert all(240 <= count <= 320 for count in words(item))


def test_a_race_tells_fast_from_slow() -> None:
    items = bundled_groups(250)[:2]
    speeds = race(
        {"slow": lambda _: time.sleep(0.2), "fast": lambda _: time.sleep(0.001)},
        items,
        seconds=0.2,
        rounds=1,
    )
    assert speeds["fast"].per_second > 2 * speeds["slow"].per_second


def test_median_of_rounds() -> None:
    speeds = [Speed(1, 30), Speed(2, 20), Speed(9, 10)]
    assert median_speed(speeds) == Speed(2, 20)


def test_the_profile_names_modules_of_the_scorer() -> None:
    from reward_service.text.normalize import normalize_token

    def work(item: Item) -> None:
        for word in str(item.completions[0]).split() * 20:
            normalize_token(word)

    shares = profile(work, bundled_groups(250)[:1], seconds=0.3)
    assert set(shares) == {"text.normalize"}
    assert sum(shares.values()) == 1
