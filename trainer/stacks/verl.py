"""verl: `reward.custom_reward_function.path=pkg://trainer.stacks.verl`, name `compute_score`.

Every answer has the same keys and numbers only: `score`, each objective, and `<objective>_judged`,
1 where it was judged and 0 where not. The objectives serve as `algorithm.gdpo_reward_keys`.

verl has nothing that stands for "no reward". An objective that abstains because of the question
(no key, no findings) does so in the whole group; it is 0 for each of its samples and changes no
advantage. A completion that could not be scored is another matter: without `missing` it raises
NoRewardError, and with `reward_kwargs.missing` that number stands for all that is missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from weakref import WeakKeyDictionary

from trainer.client import CompletionScore
from trainer.stacks.coalescing import Coalescer
from trainer.stacks.connection import (
    OBJECTIVES,
    open_async_client,
    reward_or_raise,
    score_items_async,
)
from trainer.stacks.items import Item, build_item

_OF_THE_COMPLETION = frozenset({"scorer_error", "too_long"})

_Scorer = Coalescer[Item, CompletionScore]
_scorers: WeakKeyDictionary[
    asyncio.AbstractEventLoop, dict[tuple[str | None, tuple[str, ...]], _Scorer]
] = WeakKeyDictionary()


async def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: object,
    extra_info: Mapping[str, object] | None = None,
    *,
    url: str | None = None,
    objectives: Sequence[str] = OBJECTIVES,
    missing: float | None = None,
    **_: object,
) -> dict[str, float]:
    """Score one response; concurrent calls of an event loop share requests.

    `ground_truth` is a letter, a text, a list, or a dict (or its JSON) with `question`, `options`
    and `answer`; what it lacks is taken from `extra_info`, the case also from its `prompt`.
    `url`, `objectives` and `missing` may come from `reward_kwargs`. Raises NoRewardError and the
    client's errors.
    """
    columns = dict(extra_info or {})
    item = build_item(
        solution_str, prompt=columns.get("prompt"), label=ground_truth, columns=columns
    )
    names = tuple(objectives)
    score = await _scorer(url, names).ask(item)
    if _is_lost(score):
        total = reward_or_raise(_without_reward(score), missing)
        return _numbers(names, dict.fromkeys(names), total, missing or 0.0)
    total = 0.0 if score.reward is None else score.reward
    return _numbers(names, score.objectives, total, 0.0)


def _numbers(
    names: Sequence[str],
    objectives: Mapping[str, float | None],
    total: float,
    unjudged: float,
) -> dict[str, float]:
    answer = {"score": total}
    for name in names:
        value = objectives[name]
        answer[name] = unjudged if value is None else value
        answer[f"{name}_judged"] = float(value is not None)
    return answer


def _is_lost(score: CompletionScore) -> bool:
    """Whether this completion, and not its question, is why something was not judged."""
    if score.failure is not None:
        return True
    return any(why in _OF_THE_COMPLETION for why in score.abstentions.values())


def _without_reward(score: CompletionScore) -> CompletionScore:
    return CompletionScore(
        score.objectives, score.abstentions, None, score.metrics, failure=score.failure
    )


def _scorer(url: str | None, objectives: tuple[str, ...]) -> _Scorer:
    """The coalescer of this event loop, service and choice of objectives."""
    of_loop = _scorers.setdefault(asyncio.get_running_loop(), {})
    if (url, objectives) not in of_loop:
        send = partial(score_items_async, open_async_client(url), objectives=objectives)
        of_loop[url, objectives] = Coalescer(send)
    return of_loop[url, objectives]
