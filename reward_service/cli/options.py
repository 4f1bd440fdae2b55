"""Options that several commands share, and the scorer that they describe."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from reward_service.scoring.scorer import Scorer
    from reward_service.settings import Settings

Pipeline = Annotated[
    str | None,
    typer.Option(
        help="'embedded', or the name or folder of an installed scispaCy model "
        "[default: REWARD_PIPELINE, else embedded]",
        show_default=False,
    ),
]
TagNames = Annotated[
    str | None,
    typer.Option(
        "--tags",
        help="Tags around analysis and conclusion, as in think,answer "
        "[default: REWARD_TAGS, else dx,conclusion]",
        show_default=False,
    ),
]
Weights = Annotated[
    str | None,
    typer.Option(
        help="Weights of the reward over the defaults, as in accuracy=10,coverage=1",
        show_default=False,
    ),
]
Objectives = Annotated[
    str | None,
    typer.Option(help="Judge only these, as in accuracy,faithfulness", show_default=False),
]


def names(text: str | None) -> tuple[str, ...] | None:
    """`"a, b"` → ("a", "b"); None stays None."""
    if text is None:
        return None
    return tuple(name.strip() for name in text.split(",") if name.strip())


def scorer_factory(settings: Settings) -> Callable[[], Scorer]:
    """A function, fit for other processes, that builds the scorer these settings describe."""
    from reward_service.scoring.scorer import Scorer

    return partial(Scorer, settings.scorer_config())
