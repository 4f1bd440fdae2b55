"""The demonstration's output in the terminal."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from reward_service.bundled import KIND_MEANINGS, DemoCase, DemoCompletion
from reward_service.demo.scoring import request_body
from reward_service.demo.tally import KindRow
from reward_service.wire import ScoreResponse


def kind_table(rows: Sequence[KindRow]) -> Table:
    """Means by kind of completion."""
    table = Table(
        title="Mean scores by kind of completion",
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column("kind", style="bold", no_wrap=True)
    table.add_column("n", justify="right")
    for name in rows[0].objectives if rows else ():
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("reward", justify="right", style="bold", no_wrap=True)
    table.add_column("nulls", justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.kind,
            str(row.completions),
            *(number(value) for value in row.objectives.values()),
            number(row.reward),
            str(row.abstentions),
        )
    return table


def kind_legend() -> Text:
    """What the kinds are, one line each."""
    widest = max(map(len, KIND_MEANINGS))
    lines = [f"{kind:<{widest}}  {meaning}" for kind, meaning in KIND_MEANINGS.items()]
    return Text("\n".join(lines), style="dim")


def number(value: float | None) -> str:
    """Two decimals, or a dash for what was not judged."""
    return "–" if value is None else f"{value:.2f}"


def case_title(case: DemoCase, completion: DemoCompletion) -> Text:
    """Which case and completion this is, and the key."""
    key = case.answer if isinstance(case.answer, str) else ", ".join(case.answer)
    keyed = (case.options or {}).get(key)
    return Text.assemble(
        (f"{case.title} ({case.speciality})", "bold"),
        f"\nkey: {key}" + (f", {keyed}" if keyed else ""),
        f"\nthe completion is of kind '{completion.kind}': {KIND_MEANINGS[completion.kind]}",
    )


def print_curl(
    console: Console,
    url: str,
    case: DemoCase,
    completion: DemoCompletion,
    answer: ScoreResponse,
) -> None:
    """A request that can be pasted into a shell, and what the service answered to it."""
    body = orjson.dumps(request_body([(case, [completion])])).decode()
    console.rule("The same by hand", align="left")
    # Printed without wrapping or markup, so that it can be copied.
    console.print(
        f"curl -s {url}/score -H 'content-type: application/json' \\\n  -d {shlex.quote(body)}",
        soft_wrap=True,
        markup=False,
        highlight=False,
    )
    pretty = orjson.dumps(answer.model_dump(mode="json"), option=orjson.OPT_INDENT_2).decode()
    console.print(Syntax(pretty, "json", background_color="default", word_wrap=True))
