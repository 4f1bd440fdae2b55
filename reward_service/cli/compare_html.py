"""A comparison as one HTML file that needs nothing else. All texts are escaped."""

from __future__ import annotations

from html import escape

from reward_service.cli.compare_view import HEADER, heading, lines, method
from reward_service.compare.comparison import Change, Comparison, Difference

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;
color:#1c1c1c;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.15rem;margin:2rem 0 .3rem}h3{font-size:1rem;margin:1rem 0 .2rem}
table{border-collapse:collapse}th,td{padding:.15rem .8rem .15rem 0;text-align:right;
font-variant-numeric:tabular-nums}th{font-weight:600;border-bottom:1px solid #999}
th:first-child,td:first-child{text-align:left}
.better td:nth-child(4){color:#1a7f37;font-weight:600}.worse td:nth-child(4){color:#b42318;
font-weight:600}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;background:#f6f6f6;padding:.8rem;
border-radius:.4rem;margin:.3rem 0}
.dim{color:#595959}
"""
_SYMBOLS = {"better": " ▲", "worse": " ▼", "": ""}


def page(comparison: Comparison) -> str:
    """The HTML of a comparison."""
    title = "Comparison of " + ", ".join(
        [comparison.pairs[0].base, *(pair.run for pair in comparison.pairs)]
    )
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
    ]
    for pair in comparison.pairs:
        parts += [f"<h2>{escape(heading(pair))}</h2>", _table(pair.differences)]
        for name, differences in pair.groups.items():
            parts += [f"<h3>{escape(name or '(none)')}</h3>", _table(differences)]
        if pair.changes:
            parts.append(f"<h3>Largest changes of {escape(comparison.options.changes_of)}</h3>")
        parts += [_change(change) for change in pair.changes]
    identity = " · ".join(f"{name} {value}" for name, value in comparison.scorer.items())
    parts.append(f'<p class="dim">{escape(method(comparison.options))}<br>{escape(identity)}</p>')
    parts.append("</body></html>\n")
    return "\n".join(parts)


def _table(differences: tuple[Difference, ...]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in HEADER)
    rows = []
    for line in lines(differences):
        cells = [escape(cell) for cell in line.cells]
        cells[3] += _SYMBOLS[line.verdict]  # the colour alone must not say it
        body = "".join(f"<td>{cell}</td>" for cell in cells)
        rows.append(f'<tr class="{line.verdict}">{body}</tr>')
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _change(change: Change) -> str:
    line = f"{change.key}: {change.base:g} → {change.run:g} ({change.difference:+g})"
    texts = "".join(
        f'<p class="dim">{name}</p><pre>{escape(text)}</pre>'
        for name, text in (
            ("question", change.question),
            ("base", change.base_completion),
            ("run", change.run_completion),
        )
        if text is not None
    )
    return f"<details><summary>{escape(line)}</summary>{texts}</details>"
