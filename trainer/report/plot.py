"""A drawn figure with its files' contents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from trainer.report.style import drawing, png, svg


@dataclass(frozen=True)
class Plot:
    """A figure under its files' name, with the words that stand beside it."""

    name: str
    title: str
    caption: str
    svg: str
    png: bytes


def plot(name: str, title: str, caption: str, figure: Figure) -> Plot:
    """Render a figure in both formats. It is laid out once, which is half of the work."""
    with drawing():
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
    return Plot(name, title, caption, svg(figure), png(figure))


def write_plots(plots: Sequence[Plot], folder: Path) -> list[Path]:
    """Write every plot as `NAME.svg` and `NAME.png`; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one in plots:
        vector, pixels = folder / f"{one.name}.svg", folder / f"{one.name}.png"
        vector.write_text(one.svg, "utf-8")
        pixels.write_bytes(one.png)
        written += [vector, pixels]
    return written
