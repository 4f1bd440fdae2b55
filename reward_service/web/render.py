"""Pages as HTML, from templates that escape every text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reward_service.bundled import KIND_MEANINGS, DemoCase
from reward_service.web.comparison import alone, differences
from reward_service.web.explanation import (
    MEANINGS,
    SYMBOLS,
    case_segments,
    completion_segments,
    describe,
    evidence_name,
    groups,
)
from reward_service.web.form import Form
from reward_service.wire import Score, Scorer

_OPTION = "option:"

ASSETS: Mapping[str, str] = {"page.css": "text/css", "page.js": "text/javascript"}
"""Static files by name, with their media types."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page's fixed parts: what scores (None before it is loaded), its weights, inline assets.

    `inline`: the page holds its style and script, and needs no server. `root` leads from the page's
    address to the start page's.
    """

    scorer: Scorer | None
    weights: Mapping[str, float]
    inline: bool = False
    root: str = ""


@lru_cache
def asset(name: str) -> bytes:
    """The content of a static file. Raises KeyError for an unknown name."""
    if name not in ASSETS:
        raise KeyError(name)
    return files(__package__).joinpath("static", name).read_bytes()


def asset_version(name: str) -> str:
    """A short digest of a static file, for its address: changed files get a new one."""
    return hashlib.sha256(asset(name)).hexdigest()[:12]


def start_page(shown: Shown, cases: Sequence[DemoCase], form: Form, *, problem: str = "") -> str:
    """The form, and the bundled cases to pick from. `problem` says what was wrong with the form."""
    by_speciality: dict[str, list[DemoCase]] = {}
    for case in cases:
        by_speciality.setdefault(case.speciality, []).append(case)
    return render("start.html", shown, form=form, problem=problem, specialities=by_speciality)


def explanation_page(
    shown: Shown,
    scores: Sequence[Score],
    form: Form,
    *,
    title: str,
    names: Sequence[str],
    links: Mapping[str, str] | None = None,
) -> str:
    """Completions of one case, explained; two of them with their difference.

    scores: each with its explanation, or null in every objective and without one.
    names: what to call each completion. links: label → address, shown under the title.
    """
    pair = None
    if len(scores) == 2:
        first, second = scores
        pair = {
            "rows": differences(first, second),
            "alone": [alone(first, second), alone(second, first)],
        }
    return render(
        "explanation.html",
        shown,
        title=title,
        form=form,
        cards=[_card(score, name, shown) for score, name in zip(scores, names, strict=True)],
        pair=pair,
        names=names,
        links=links or {},
    )


def _card(score: Score, name: str, shown: Shown) -> dict[str, Any]:
    explanation = score.explanation
    fields = case_segments(explanation).items() if explanation else ()
    return {
        "name": name,
        "score": score,
        "texts": [(field, cut) for field, cut in fields if not field.startswith(_OPTION)],
        "options": [
            (field.removeprefix(_OPTION), cut) for field, cut in fields if field.startswith(_OPTION)
        ],
        "completion": completion_segments(explanation) if explanation else [],
        "answers": ", ".join(explanation.answers) if explanation else "",
        "objectives": [
            _sum_of(name, score, shown.weights.get(name, 0.0)) for name in score.objectives
        ],
    }


def _sum_of(name: str, score: Score, weight: float) -> dict[str, Any]:
    """One objective of a card: its value, and the evidence that adds up to it."""
    value = score.objectives[name]
    explained = score.explanation.objectives.get(name) if score.explanation else None
    return {
        "name": name,
        "value": value,
        "reason": score.abstentions[name].value if value is None else "",
        "weight": weight,
        "formula": explained.formula if explained else "",
        "groups": groups(explained) if explained else [],
    }


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reward_service.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda value: "–" if value is None else f"{value:.4g}"
    environment.filters["words"] = lambda name: name.removeprefix("metric_").replace("_", " ")
    environment.filters["signed"] = lambda value: "–" if value is None else f"{value:+.4g}"
    environment.globals.update(
        MEANINGS=MEANINGS,
        SYMBOLS=SYMBOLS,
        KIND_MEANINGS=KIND_MEANINGS,
        describe=describe,
        evidence_name=evidence_name,
        asset_version=asset_version,
        inlined=lambda name: Markup(asset(name).decode()),
    )
    return environment


def render(template: str, shown: Shown, **values: Any) -> str:
    """A template with the page's fixed parts."""
    return _environment().get_template(template).render(shown=shown, **values)
