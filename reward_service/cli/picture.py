"""The picture in docs/images: `make docs` writes it, a test says when it is stale."""

from __future__ import annotations

import io
import re

from rich.console import Console

from reward_service.cli.explain_terminal import show
from reward_service.scoring.scorer import Scorer
from reward_service.wire import Item, ScoreRequest

_WIDTH = 100
# The README's case, with a completion that has something of every outcome.
_ITEM = Item(
    question="A 67-year-old man has had a productive cough and pleuritic chest pain for 3 days. "
    "He denies hemoptysis. His temperature is 38.9°C (102°F), pulse is 112/min, and blood pressure "
    "is 128/76 mm Hg. Crackles are heard at the right lung base. Which of the following is the "
    "most likely diagnosis?",
    options={"A": "Pulmonary embolism", "B": "Pneumonia", "C": "Acute pericarditis"},
    answer="B",
    completions=[
        "<dx>He is febrile and tachycardic with a productive cough, and crackles at one base point "
        "to pneumonia. He has jaundice, and he coughed up blood: hemoptysis is present. Embolism "
        "is less likely because his legs are not swollen. Pericarditis would not cause crackles."
        "</dx><conclusion>\\boxed{B}</conclusion>"
    ],
)


def picture(scorer: Scorer) -> str:
    """What `clinical-reward explain` shows of one completion, as SVG that loads nothing."""
    score = scorer.score(ScoreRequest(items=[_ITEM], explain=True)).items[0].scores[0]
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), highlight=False)
    show(score, console, most=8)
    svg = console.export_svg(title="clinical-reward explain", unique_id="explain")
    # Rich names a font that browsers would fetch; any with fixed width does.
    svg = re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.DOTALL)
    fonts = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
    svg = svg.replace("Fira Code, monospace", fonts)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


if __name__ == "__main__":
    print(picture(Scorer()), end="")
