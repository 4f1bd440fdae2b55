"""An explanation drawn in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from reward_service.web.explanation import (
    MEANINGS,
    SYMBOLS,
    Segment,
    case_segments,
    completion_segments,
    describe,
    groups,
)
from reward_service.wire import ObjectiveExplanation, Outcome, Score

_STYLES = {
    Outcome.MATCHED: "green",
    Outcome.CONTRADICTED: "bold red",
    Outcome.UNSUPPORTED: "yellow",
    Outcome.MISSED: "magenta",
    Outcome.COPIED: "dim blue",
}


def show(score: Score, console: Console, *, most: int | None) -> None:
    """Draw `score`, which must have its explanation. At most `most` lines for each outcome."""
    explanation = score.explanation
    assert explanation is not None
    for field, segments in case_segments(explanation).items():
        console.print(Rule(f"case: {escape(field)}", align="left"))
        console.print(_text(segments))
    console.print(Rule("completion", align="left"))
    console.print(_text(completion_segments(explanation)))
    console.print(Rule(align="left"))
    for outcome, symbol in SYMBOLS.items():
        console.print(Text(f"{symbol} {outcome.value}: {MEANINGS[outcome]}", _STYLES[outcome]))
    for name, objective in explanation.objectives.items():
        console.print()
        _show_objective(name, objective, score, console, most)
    console.print()
    console.print(_total(score))
    answers = ", ".join(explanation.answers) or "none"
    console.print(Text(f"answer read: {answers}"))
    metrics = "  ".join(
        f"{name} {'-' if value is None else format(value, 'g')}"
        for name, value in score.metrics.items()
    )
    console.print(Text(metrics, "dim"))


def _show_objective(
    name: str, objective: ObjectiveExplanation, score: Score, console: Console, most: int | None
) -> None:
    if objective.score is None:
        code = score.abstentions[name].value
        console.print(Text.assemble((name, "bold"), f"  not judged: {code}"))
        return
    console.print(Text.assemble((name, "bold"), f"  {objective.score:.6f}"))
    if objective.formula:
        console.print(Padding(Text(objective.formula, "dim"), (0, 0, 0, 2)))
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for group in groups(objective):
        style = _STYLES[group.outcome]
        title = f"{SYMBOLS[group.outcome]} {group.outcome.value}, {len(group.evidence)}"
        table.add_row(Text(f"{group.earned:+.6f}", style), "", Text(title, style))
        for evidence in group.evidence[:most]:
            table.add_row("", f"{evidence.earned:+.6f}", Text(describe(evidence)))
        hidden = group.evidence[most:] if most is not None else ()
        if hidden:
            rest = sum(evidence.earned for evidence in hidden)
            more = Text(f"… and {len(hidden)} more (--all)", "dim")
            table.add_row("", f"{rest:+.6f}", more)
    table.add_row("─────────", "", "")
    table.add_row(f"{objective.score:.6f}", "", "")
    console.print(Padding(table, (0, 0, 0, 2)))


def _total(score: Score) -> Text:
    if score.reward is None:
        return Text("reward  none: no objective was judged", "bold")
    judged = ", ".join(f"{n} {v:.4f}" for n, v in score.objectives.items() if v is not None)
    return Text.assemble(("reward  ", "bold"), (f"{score.reward:g}", "bold"), f"  from {judged}")


def _text(segments: list[Segment]) -> Text:
    text = Text()
    for segment in segments:
        if segment.outcome is None:
            text.append(segment.text)
        else:
            style = _STYLES[segment.outcome]
            text.append(segment.text, f"{style} underline")
            if segment.last:
                text.append(SYMBOLS[segment.outcome], style)
    return text
