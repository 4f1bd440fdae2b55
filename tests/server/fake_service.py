"""The service as a process with the fake scorer: starts in a moment, and can be broken at will.

python fake_service.py SECONDS_PER_COMPLETION WORKERS
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from reward_service.server import run
from reward_service.server.admission import Watermarks
from reward_service.server.nursery import Nursery, WorkerEngine
from reward_service.server.workers import Pool
from reward_service.settings import Settings


def create_pool(settings: Settings) -> Pool:
    nursery = Nursery(
        float(sys.argv[1]), factory="fake_scorer:load_fake", memory_mb=settings.worker_memory_mb
    )
    return Pool(
        [WorkerEngine(nursery) for _ in range(int(sys.argv[2]))],
        marks=Watermarks(settings.max_queue, settings.max_queue_chars, settings.queue_low),
        job_timeout=settings.job_timeout,
        completion_timeout=settings.completion_timeout,
        on_close=nursery.close,
    )


if __name__ == "__main__":
    run.create_pool = create_pool
    run.serve(Settings.load(port=0))
