"""Score a file slowly, to be killed: slow_run.py INPUT OUTPUT WORKERS."""

from __future__ import annotations

import sys
from functools import partial

from counting_scorer import CountingScorer  # type: ignore[import-not-found]

from reward_service.files import FileJob, score_file

if __name__ == "__main__":
    source, target, workers = sys.argv[1:]
    job = FileJob((source,), target, int(workers))
    score_file(job, partial(CountingScorer, slow=0.001), lambda _: None)
