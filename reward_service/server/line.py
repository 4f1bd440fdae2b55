"""The line of waiting requests: each in its turn, small ones together."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from reward_service.server.batch import Batch, Job, Task
from reward_service.server.jobs import LARGEST_JOB, LARGEST_JOB_CHARS


class Line:
    """Jobs that no engine has taken, in turn from each request.

    So a large request does not hold up a small one. Not safe for threads: the pool's lock guards
    it. A batch is in the line as long as it has jobs.
    """

    def __init__(self) -> None:
        self._batches: deque[Batch] = deque()
        self._completions = 0

    def __bool__(self) -> bool:
        return bool(self._batches)

    def enter(self, batch: Batch) -> None:
        """Let a new batch wait with all its jobs."""
        self._completions += sum(job.completions for job in batch.jobs)
        self._batches.append(batch)

    def put_back(self, batch: Batch, jobs: Sequence[Job], *, first: bool = False) -> None:
        """Let jobs that were taken wait again; `first`: before all other batches."""
        self._completions += sum(job.completions for job in jobs)
        waits = bool(batch.jobs)
        batch.jobs.extend(jobs)
        if not waits:
            (self._batches.appendleft if first else self._batches.append)(batch)

    def drop(self, batch: Batch) -> None:
        """Take all jobs of a batch out."""
        if batch.jobs:
            self._completions -= sum(job.completions for job in batch.jobs)
            batch.jobs.clear()
            self._batches.remove(batch)

    def take(self, *, engines: int) -> list[Task]:
        """The next work for one of `engines` engines: the job whose turn it is, and the next ones
        as long as they make a job together and leave the other engines their share.

        Nothing is waited for: under load there is always a next one, and without load waiting
        would only cost time. A job that is tried again alone stays alone.
        """
        share = min(LARGEST_JOB, -(-self._completions // max(engines, 1)))
        tasks = [self._next()]
        completions, chars = tasks[0].job.completions, tasks[0].job.chars
        while self._batches and not tasks[-1].job.alone:
            job = self._batches[0].jobs[0]
            completions, chars = completions + job.completions, chars + job.chars
            if job.alone or completions > share or chars > LARGEST_JOB_CHARS:
                break
            tasks.append(self._next())
        return tasks

    def _next(self) -> Task:
        batch = self._batches.popleft()
        job = batch.jobs.popleft()
        self._completions -= job.completions
        if batch.jobs:
            self._batches.append(batch)
        return Task(batch, job)
