"""`clinical-reward` with a scorer without text analysis: counting_program.py ARGUMENTS.

Under STOPS=running it stops behind the first checkpoint of `score`; under STOPS=loading its worker
processes stop while they are loaded, and make the file that LOADING names.
"""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "files" / "support"))

from counting_scorer import CountingScorer  # type: ignore[import-not-found]

from reward_service.cli import app, progress, score
from reward_service.files.job import Update
from reward_service.files.staging import CHECKPOINT_ROWS


class StoppingWatch(progress.Watch):
    def report(self, update: Update) -> None:
        super().report(update)
        if update.totals.rows >= 2 * CHECKPOINT_ROWS:
            time.sleep(600)


if __name__ == "__main__":
    score.scorer_factory = lambda settings: partial(CountingScorer)
    if os.environ.get("STOPS") == "running":
        progress.Watch = StoppingWatch  # type: ignore[misc]
    app.main()
elif os.environ.get("STOPS") == "loading":
    Path(os.environ["LOADING"]).touch()
    time.sleep(600)
