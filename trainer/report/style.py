"""How figures look: colours with a second cue, and files that are the same every time.

Colours are those of Okabe and Ito (2008), told apart with every common colour blindness, made
darker where they would be too faint on white. Line style and marker repeat the distinction.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

INK = "#262730"
GRID = "#d9dbe0"
# In the order of use: on white, and the same hue on a dark page.
_COLOURS = (
    ("#0072b2", "#4aa8e0"),
    ("#d55e00", "#f08030"),
    ("#00805e", "#2fbf94"),
    ("#b5588f", "#dd8fbb"),
    ("#a87400", "#e6a817"),
    ("#3a8fc0", "#8accf0"),
    ("#5c5f66", "#a9adb5"),
)
_DARK = dict(_COLOURS) | {INK: "#e4e6ea", GRID: "#3a3e46"}
_LINES: tuple[str | tuple[int, tuple[float, ...]], ...] = (
    "-",
    (0, (5, 2)),
    (0, (1.2, 1.6)),
    (0, (6, 2, 1.2, 2)),
    (0, (8, 1.5)),
)
_MARKERS = "osD^vPX*"

# Any: matplotlib types each key of this mapping as a literal.
_RC: dict[Any, Any] = {
    "svg.hashsalt": "clinical-crpo",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "legend.frameon": False,
}


@dataclass(frozen=True)
class Look:
    """How one run, arm or objective is drawn everywhere."""

    colour: str
    line: str | tuple[int, tuple[float, ...]]
    marker: str


def look(index: int) -> Look:
    """The look of the `index`-th thing; the first 280 differ in colour, line or marker."""
    return Look(
        colour=_COLOURS[index % len(_COLOURS)][0],
        line=_LINES[index % len(_LINES)],
        marker=_MARKERS[index % len(_MARKERS)],
    )


@contextmanager
def drawing() -> Iterator[None]:
    """The settings that every figure is made and written under."""
    with mpl.rc_context(_RC), warnings.catch_warnings():
        # A name may hold letters that the font has no shape for: a box is drawn instead.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from", category=UserWarning)
        yield


def svg(figure: Figure) -> str:
    """The figure as SVG text that follows the page's light or dark mode."""
    buffer = io.StringIO()
    with drawing():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>", "", buffer.getvalue(), flags=re.DOTALL).lstrip()
    head, _, rest = text.partition(">")
    return f"{head}>\n<style>{dark_style()}</style>{rest}"


def png(figure: Figure) -> bytes:
    """The figure as PNG on white, 160 dots an inch."""
    buffer = io.BytesIO()
    with drawing():
        figure.savefig(
            buffer, format="png", dpi=160, facecolor="white", metadata={"Software": None}
        )
    return buffer.getvalue()


def dark_style() -> str:
    """Rules that exchange the colours on a dark page.

    Matplotlib writes colours into style attributes; the rules match those, so that a program that
    knows no media queries still shows the light figure.
    """
    rules = "".join(
        f'[style*="{kind}: {light}"]{{{kind}:{dark}!important}}'
        for light, dark in _DARK.items()
        for kind in ("fill", "stroke")
    )
    return f"@media (prefers-color-scheme:dark){{{rules}}}"


def shorten(text: str, most: int = 32) -> str:
    """`text` in at most `most` characters, its end kept, as runs differ there."""
    return text if len(text) <= most else f"{text[: most // 3]}…{text[-(most - most // 3 - 1) :]}"
