"""A fragment of a model card: what a run scored, by which scorer, and what that does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reward_service.runs.source import Source
    from reward_service.runs.summary import Summary


def model_card(source: Source, summary: Summary) -> str:
    """Markdown, from a heading of the second level down."""
    scorer = source.scorer
    said = ", ".join(
        f"{name} {_plain(scorer[name])}"
        for name in ("version", "pipeline", "vocabulary")
        if scorer.get(name)
    )
    weights = ", ".join(f"{_plain(n)} {w:g}" for n, w in source.weights.items() if w)
    lines = [
        "## Clinical rewards",
        "",
        f"{summary.of:,} completions of `{_plain(source.entry.name)}`, scored by rules with "
        f"clinical-crpo{f' ({said})' if said else ''}; scorer fingerprint "
        f"`{_plain(scorer.get('fingerprint', 'not recorded'))}`. Scores compare only with those of "
        "the same fingerprint.",
        "",
        "| score | mean | standard deviation | judged | groups that all scored alike |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one, spread in zip(summary.distributions, summary.spreads, strict=True):
        share = "–" if spread.share is None else f"{spread.share:.1%} of {spread.groups:,}"
        lines.append(
            f"| {_plain(one.name)} | {_number(one.mean)} | {_number(one.deviation)} "
            f"| {one.judged:,} | {share} |"
        )
    lines += ["", f"Reward: weighted sum of the judged objectives ({weights or 'not recorded'})."]
    if summary.abstentions:
        reasons = ", ".join(
            f"{_plain(objective)} {_plain(code)} {rows:,}"
            for objective, code, rows in summary.abstentions
        )
        lines.append(f"Not judged, and never counted as 0: {reasons}.")
    if summary.failed:
        lines.append(f"Without scores, as the service did not answer: {summary.failed:,}.")
    lines += [
        "",
        "The scores say how a text fits the case and the key that it was given. They are no "
        "clinical evaluation, and a policy that is trained on them can learn to please them.",
    ]
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _plain(text: object) -> str:
    """A name without what Markdown or HTML would read as its own."""
    return "".join(c for c in str(text) if c.isprintable() and c not in "|`<>[]*")
