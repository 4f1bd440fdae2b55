"""No text takes time that grows faster than its length.

Each text is read twice, once eight times as long. Linear time is then eight times as long too, and
quadratic time 64 times: what takes more than 24 times, in the best of several tries, is refused.
Times are the thread's own, without those of the garbage collector.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator

import pytest
from hostile import READERS, Read, units

SHORT, FACTOR = 3_000, 8  # characters; how much longer the long text is
MOST = 3 * FACTOR
FLOOR_SECONDS = 0.002  # shorter times say nothing
TRIES = 4


@pytest.fixture(autouse=True, scope="module")
def _no_collections() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def seconds(read: Read, text: str) -> float:
    begun = time.thread_time()
    read(text)
    return time.thread_time() - begun


def growth(read: Read, unit: str, opening: str) -> float:
    """How many times longer the long text takes; the best of some tries."""

    def text(length: int) -> str:
        return opening + unit * (length // len(unit))

    short, best = FLOOR_SECONDS, float("inf")
    for _ in range(TRIES):
        best = min(best, seconds(read, text(SHORT * FACTOR)))
        if best <= MOST * short:
            break
        short = max(short, seconds(read, text(SHORT)))
    return best / short


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("opening", ["", "<dx>She has fever "])
def test_time_grows_with_the_length(reader: str, opening: str) -> None:
    READERS[reader]("She has chest pain. The answer is A.")  # loads what is loaded once
    seed = 2 * list(READERS).index(reader) + bool(opening)
    worst = {
        unit: times
        for unit in units(seed, 25)
        if (times := growth(READERS[reader], unit, opening)) > MOST
    }
    assert not worst


def test_quadratic_time_would_be_seen() -> None:
    def quadratic(text: str) -> None:
        for end in range(len(text)):
            text[:end].upper()

    assert growth(quadratic, "some words ", "") > MOST
