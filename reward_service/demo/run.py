"""The demonstration from start to end, against a service that is ready."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import orjson
from rich.console import Console

from reward_service.bundled import DemoCase, DemoCompletion
from reward_service.cli.explain_terminal import show
from reward_service.demo.scoring import (
    DemoError,
    Scored,
    explain_one,
    post_score,
    request_body,
    score_cases,
)
from reward_service.demo.show import case_title, kind_legend, kind_table, print_curl
from reward_service.demo.tally import remarks, tally
from reward_service.wire import Scorer

# A short request that every objective can judge.
BY_HAND = "pulm-embolism:gappy"


def demonstrate(
    console: Console,
    client: httpx.Client,
    cases: Sequence[DemoCase],
    *,
    shown: tuple[DemoCase, DemoCompletion],
    curl_url: str,
    json_path: Path | None = None,
) -> None:
    """Score `cases`, print the table, the remarks, one explanation and one request by hand.

    `json_path` also receives every score, as JSON. Raises DemoError.
    """
    total = sum(len(case.completions) for case in cases)
    started = time.perf_counter()
    with console.status("scoring …") as status:
        scored, identity = score_cases(
            client,
            cases,
            on_batch=lambda done: status.update(f"scoring … {done} of {len(cases)} cases"),
        )
    took = time.perf_counter() - started
    console.print(
        f"{total} completions of {len(cases)} cases scored over HTTP in {took:.1f} s "
        f"by clinical-reward {identity.version} "
        f"(pipeline {identity.pipeline}, vocabulary {identity.vocabulary})\n",
        highlight=False,
    )
    if json_path is not None:
        _write_json(json_path, scored, identity)
    console.print(kind_table(tally(scored)))
    console.print(kind_legend())
    console.print()
    for line in remarks(scored):
        console.print(f"• {line}", highlight=False)
    console.print()

    case, completion = shown
    console.rule("One explanation in full", align="left")
    console.print(case_title(case, completion))
    score = explain_one(client, case, completion)
    if score.explanation is None:
        raise DemoError("the service sent no explanation although it was asked for one")
    show(score, console, most=None)
    console.print()

    case, completion = find_shown(cases, BY_HAND)
    answer = post_score(client, request_body([(case, [completion])]))
    print_curl(console, curl_url, case, completion, answer)


def find_shown(cases: Sequence[DemoCase], choice: str) -> tuple[DemoCase, DemoCompletion]:
    """The completion that `choice`, as in "case-id:kind", names. Raises DemoError."""
    case_id, _, kind = choice.partition(":")
    for case in cases:
        if case.id == case_id:
            for completion in case.completions:
                if completion.kind == kind:
                    return case, completion
            kinds = ", ".join(completion.kind for completion in case.completions)
            raise DemoError(f"case {case_id} has no completion {kind!r}; it has {kinds}")
    known = ", ".join(case.id for case in cases)
    raise DemoError(f"there is no case {case_id!r}; there are {known}")


def _write_json(path: Path, scored: Sequence[Scored], identity: Scorer) -> None:
    kinds = [
        {
            "kind": row.kind,
            "completions": row.completions,
            "objectives": row.objectives,
            "reward": row.reward,
            "abstentions": row.abstentions,
        }
        for row in tally(scored)
    ]
    scores = [
        {"case": one.case.id, "kind": one.kind, **one.score.model_dump(exclude={"explanation"})}
        for one in scored
    ]
    report = {"scorer": identity.model_dump(), "kinds": kinds, "scores": scores}
    try:
        path.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")
    except OSError as error:
        raise DemoError(f"cannot write {path}: {error.strerror}") from error
