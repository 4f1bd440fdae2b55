"""An explanation as one HTML file that needs nothing else."""

from __future__ import annotations

from html import escape

from reward_service.cli.explain_view import (
    MEANINGS,
    SYMBOLS,
    Segment,
    case_segments,
    completion_segments,
    describe,
    groups,
)
from reward_service.wire import ObjectiveExplanation, Score, Scorer

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:#1c1c1c;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin:1.5rem 0 .3rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;background:#f6f6f6;padding:.8rem;
border-radius:.4rem;margin:.3rem 0}
mark{background:none;color:inherit;border-bottom:2px solid;padding:0 .1em}
.matched{background:#dff3e0;border-color:#1a7f37}.contradicted{background:#ffdcd9;border-color:#b42318;
font-weight:600}.unsupported{background:#fff3c4;border-color:#8a6100}
.missed{background:#f3e2f7;border-color:#86198f}.copied{background:#e3ecf8;border-color:#2157a5;
border-bottom-style:dotted}
table{border-collapse:collapse}td{padding:.1rem .6rem .1rem 0;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}
tr.sum td{border-top:1px solid;font-weight:600}
.dim{color:#595959}details{margin-left:.5rem}
"""


def page(score: Score, scorer: Scorer, *, title: str) -> str:
    """The HTML of `score`, which must have its explanation. All texts are escaped."""
    explanation = score.explanation
    assert explanation is not None
    legend = " ".join(
        f'<mark class="{outcome.value}" title="{escape(MEANINGS[outcome])}">'
        f"{outcome.value}{symbol}</mark>"
        for outcome, symbol in SYMBOLS.items()
    )
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(title)}: reward {_number(score.reward)}</h1><p>{legend}</p>",
    ]
    for field, segments in case_segments(explanation).items():
        parts.append(f"<h2>case: {escape(field)}</h2><pre>{_marked(segments)}</pre>")
    parts.append(f"<h2>completion</h2><pre>{_marked(completion_segments(explanation))}</pre>")
    for name, objective in explanation.objectives.items():
        parts.append(f"<h2>{escape(name)}: {_number(objective.score)}</h2>")
        if objective.score is None:
            parts.append(f"<p>not judged: {escape(score.abstentions[name].value)}</p>")
        else:
            parts.append(_sum(objective))
    answers = escape(", ".join(explanation.answers) or "none")
    metrics = "".join(
        f'<tr><td>{escape(name)}</td><td class="n">{_number(value)}</td></tr>'
        for name, value in score.metrics.items()
    )
    parts.append(f"<h2>metrics</h2><p>answer read: {answers}</p><table>{metrics}</table>")
    identity = f"{scorer.version} · {scorer.pipeline} · {scorer.vocabulary} · {scorer.fingerprint}"
    parts.append(f'<p class="dim">scorer {escape(identity)}</p></body></html>\n')
    return "\n".join(parts)


def _sum(objective: ObjectiveExplanation) -> str:
    rows = []
    for group in groups(objective):
        lines = "".join(
            f'<tr><td class="n">{e.earned:+.6f}</td><td>{escape(describe(e))}</td></tr>'
            for e in group.evidence
        )
        rows.append(
            f'<tr><td class="n">{group.earned:+.6f}</td><td><details><summary>'
            f'<mark class="{group.outcome.value}">{SYMBOLS[group.outcome]} {group.outcome.value}'
            f"</mark>, {len(group.evidence)}</summary><table>{lines}</table></details></td></tr>"
        )
    return (
        f'<p class="dim">{escape(objective.formula)}</p><table>{"".join(rows)}'
        f'<tr class="sum"><td class="n">{_number(objective.score)}</td><td></td></tr></table>'
    )


def _marked(segments: list[Segment]) -> str:
    return "".join(
        escape(segment.text)
        if segment.outcome is None
        else f'<mark class="{segment.outcome.value}" title="{escape(MEANINGS[segment.outcome])}">'
        f"{escape(segment.text)}{SYMBOLS[segment.outcome]}</mark>"
        for segment in segments
    )


def _number(value: float | None) -> str:
    return "not judged" if value is None else f"{value:g}"
