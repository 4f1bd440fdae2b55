"""What several processes of one run have to know of each other.

Every function here is collective: each process of the run has to call it, in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from accelerate.utils import gather_object

from trainer.crpo.errors import CRPOError, RunFolderError

T = TypeVar("T")


def from_all_ranks(value: T) -> list[T]:
    """The values of all processes in rank order, the same list everywhere. They are pickled."""
    gathered: list[T] = gather_object([value])
    return gathered


def raise_together(error: CRPOError | None) -> None:
    """Raises in every process if any process has an error: its own, or else the first one's."""
    errors = from_all_ranks(error)
    if error is not None:
        raise error
    for rank, other in enumerate(errors):
        if other is not None:
            raise type(other)(f"process {rank}: {other}")


def together(work: Callable[[], T]) -> T:
    """The result of `work`. A CRPOError or OSError of one process is raised in all of them."""
    error: CRPOError | None = None
    try:
        result = work()
    except CRPOError as raised:
        error = raised
    except OSError as raised:
        error = RunFolderError(str(raised))
        error.__cause__ = raised
    raise_together(error)
    return result
