"""`clinical-reward` with a slow scorer without text analysis: counting_program.py ARGUMENTS."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "files" / "support"))

from counting_scorer import CountingScorer  # type: ignore[import-not-found]

from reward_service.cli import app, score

if __name__ == "__main__":
    score.scorer_factory = lambda settings: partial(CountingScorer, slow=0.001)
    app.main()
