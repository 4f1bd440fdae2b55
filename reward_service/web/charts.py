"""Charts as SVG text: no script, no style attributes, colours by class, numbers beside them.

A page shows them inline with its own style; `standalone` makes a file of one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

from reward_service.runs.curves import Chart
from reward_service.runs.summary import Distribution, LengthBin

WIDTH, HEIGHT = 360, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 10, 26
# Marks that tell lines apart without their colour: SVG dash patterns.
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "1 4", "12 4")
_STYLE = (
    "text{font:11px system-ui,sans-serif;fill:#57606a}.bar{fill:#0b5cad}.axis{stroke:#57606a}"
    ".band{fill:#dceefb;stroke:#1b628f}.line{fill:none;stroke-width:2}.dot{fill:#0b5cad}"
    ".c0{stroke:#0b5cad}.c1{stroke:#a33f00}.c2{stroke:#00694d}.c3{stroke:#8f2c68}"
    ".c4{stroke:#7a5200}.c5{stroke:#57606a}svg{background:#fff}"
)


def number(value: float | None) -> str:
    """Four digits, or a dash where there is none."""
    return "–" if value is None else f"{value:.4g}"


def histogram(found: Distribution) -> Markup:
    """Rows by score; each bar's title says how many."""
    most = max(found.counts) or 1
    step = (WIDTH - _LEFT - _RIGHT) / len(found.counts)
    width = (found.high - found.low) / len(found.counts)
    parts = []
    for i, count in enumerate(found.counts):
        tall = (HEIGHT - _TOP - _BOTTOM) * count / most
        if count:
            low, high = found.low + i * width, found.low + (i + 1) * width
            parts.append(
                f'<rect class="bar" x="{_LEFT + i * step:.1f}" y="{HEIGHT - _BOTTOM - tall:.1f}" '
                f'width="{max(1.0, step - 1.5):.1f}" height="{tall:.1f}">'
                f"<title>{number(low)} to {number(high)}: {count:,} rows</title></rect>"
            )
    label = f"{found.name}: {found.judged} judged rows, mean {number(found.mean)}"
    axes = _axes((found.low, found.high), (0, most), whole=True)
    return _svg(label, axes + "".join(parts))


def lengths(bins: Sequence[LengthBin], unit: str) -> Markup:
    """Mean reward by tenths of the lengths, with the middle half as bars."""
    x_range = (bins[0].shortest, bins[-1].longest)
    y_range = _padded([b.lower for b in bins] + [b.upper for b in bins] + [b.mean for b in bins])
    parts, points = [], []
    for b in bins:
        left, right = _x(b.shortest, x_range), _x(b.longest, x_range)
        top, bottom = _y(b.upper, y_range), _y(b.lower, y_range)
        parts.append(
            f'<rect class="band" x="{left:.1f}" y="{top:.1f}" width="{max(2.0, right - left):.1f}" '
            f'height="{max(1.0, bottom - top):.1f}"><title>{number(b.shortest)} to '
            f"{number(b.longest)} {escape(unit)}: mean reward {number(b.mean)}, middle half "
            f"{number(b.lower)} to {number(b.upper)}, {b.rows:,} rows</title></rect>"
        )
        points.append(((left + right) / 2, _y(b.mean, y_range)))
    parts.append(f'<polyline class="line c1" points="{_path(points)}"/>')
    parts += [f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points]
    return _svg(f"mean reward by length in {unit}", _axes(x_range, y_range) + "".join(parts))


def curves(chart: Chart) -> Markup:
    """Lines over the steps, told apart by dashes as well as by colour."""
    steps = [x for line in chart.lines for x, _ in line.points]
    x_range = _padded([min(steps), max(steps)], 0.0)
    y_range = chart.limits or _padded([y for line in chart.lines for _, y in line.points])
    parts = []
    for i, line in enumerate(chart.lines):
        points = [(_x(x, x_range), _y(y, y_range)) for x, y in line.points]
        dash = _DASHES[i % len(_DASHES)]
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(
            f'<polyline class="line c{i % 6}"{dashes} points="{_path(points)}">'
            f"<title>{escape(line.name)}: {number(line.points[0][1])} to "
            f"{number(line.points[-1][1])}</title></polyline>"
        )
        if len(points) == 1:
            parts.append(
                f'<circle class="dot" cx="{points[0][0]:.1f}" cy="{points[0][1]:.1f}" r="3"/>'
            )
    names = ", ".join(line.name for line in chart.lines)
    return _svg(f"{chart.title} over the steps: {names}", _axes(x_range, y_range) + "".join(parts))


def swatch(index: int) -> Markup:
    """The line of a legend."""
    dash = _DASHES[index % len(_DASHES)]
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return Markup(
        '<svg class="swatch" width="34" height="8" aria-hidden="true">'
        f'<line class="line c{index % 6}" x1="0" y1="4" x2="34" y2="4"{dashes}/></svg>'
    )


def standalone(chart: Markup, title: str, lines: Sequence[str] = ()) -> str:
    """The chart as a file of its own, with a title, and a legend of its lines."""
    opening, _, body = str(chart).removesuffix("</svg>").partition(">")
    label = opening.partition("aria-label=")[2]
    height = 24 + HEIGHT + 18 * len(lines)
    legend = "".join(
        f'<g transform="translate({_LEFT} {28 + HEIGHT + 18 * i})">{swatch(i)}'
        f'<text x="42" y="8">{escape(name)}</text></g>'
        for i, name in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label={label}><style>{_STYLE}</style>'
        f'<text x="{_LEFT}" y="16" font-weight="700">{escape(title)}</text>'
        f'<g transform="translate(0 20)">{body}</g>{legend}</svg>\n'
    )


def _svg(label: str, body: str) -> Markup:
    return Markup(
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(label)}">{body}</svg>'
    )


def _axes(
    x_range: tuple[float, float], y_range: tuple[float, float], *, whole: bool = False
) -> str:
    """A base line, and the ends of both ranges as text."""
    floor, end = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    # Two digits of small numbers, whose zeros take the room.
    y_low, y_high = (
        f"{int(y):,}" if whole else f"{y:.2g}" if abs(y) < 0.01 else f"{y:.3g}" for y in y_range
    )
    return (
        f'<line class="axis" x1="{_LEFT}" y1="{floor}" x2="{end}" y2="{floor}"/>'
        f'<text x="{_LEFT}" y="{HEIGHT - 8}">{x_range[0]:.3g}</text>'
        f'<text x="{end}" y="{HEIGHT - 8}" text-anchor="end">{x_range[1]:.3g}</text>'
        f'<text x="{_LEFT - 5}" y="{_TOP + 9}" text-anchor="end">{y_high}</text>'
        f'<text x="{_LEFT - 5}" y="{floor}" text-anchor="end">{y_low}</text>'
    )


def _padded(values: Sequence[float], share: float = 0.05) -> tuple[float, float]:
    """A range around the values that is never empty, and below 0 only if they are."""
    low, high = min(values), max(values)
    room = (high - low) * share if high > low else 0.5
    return (low - room if low < 0 else max(0.0, low - room)), high + room


def _x(value: float, found: tuple[float, float]) -> float:
    low, high = found
    share = 0.5 if math.isclose(low, high) else (value - low) / (high - low)
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def _y(value: float, found: tuple[float, float]) -> float:
    low, high = found
    return HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
