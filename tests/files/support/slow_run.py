"""Score the first rows of a file, then wait to be killed: slow_run.py INPUT OUTPUT WORKERS."""

from __future__ import annotations

import sys
import time
from functools import partial

from counting_scorer import CountingScorer  # type: ignore[import-not-found]

from reward_service.files import FileJob, score_file
from reward_service.files.job import Update
from reward_service.files.staging import CHECKPOINT_ROWS


def stop(update: Update) -> None:
    """Behind the first checkpoint the run gets no further."""
    if update.totals.rows >= 2 * CHECKPOINT_ROWS:
        time.sleep(600)


if __name__ == "__main__":
    source, target, workers = sys.argv[1:]
    job = FileJob((source,), target, int(workers))
    score_file(job, partial(CountingScorer), stop)
