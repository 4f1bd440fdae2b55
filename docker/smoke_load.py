"""Score without pause until SIGTERM, and count what was lost: `python - URL CALLERS`.

Runs in the trainer's image with the trainer's client, which sends again what a replica left
unanswered. Prints `load runs` when it has the undisturbed answers, and at the end one line of
figures; ends with status 1 if a completion got no score or another one than undisturbed.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys

from trainer import AsyncRewardClient
from trainer.client import Batching

COMPLAINTS = ("crushing chest pain", "a productive cough", "severe headache", "painful swelling")
CASES = 24
GROUP = 8  # completions of a case


def case(number: int) -> dict[str, object]:
    """An item with a group of completions, different for every number."""
    complaint = COMPLAINTS[number % len(COMPLAINTS)]
    findings = f"He has had {complaint} for {number + 2} hours. He has no fever."
    return {
        "id": f"smoke-{number}",
        "question": f"A {40 + number}-year-old man comes to the clinic. {findings} Heart rate is "
        f"{70 + number}/min. Which of the following is the most likely diagnosis?",
        "options": {"A": "Pericarditis", "B": "Myocardial infarction", "C": "Migraine"},
        "answer": "ABC"[number % 3],
        "completions": [
            f"<dx>The {complaint} without fever is what counts here. {'It is acute. ' * turn}</dx>"
            f"<conclusion>\\boxed{{{'ABC'[turn % 3]}}}</conclusion>"
            for turn in range(GROUP)
        ],
    }


class Count:
    """What the callers saw, added up."""

    def __init__(self) -> None:
        self.calls = self.scored = self.lost = self.different = self.retries = 0
        self.slowest_s = 0.0


async def main(url: str, callers: int) -> int:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    items = [case(number) for number in range(CASES)]
    count = Count()
    async with AsyncRewardClient(url, batching=Batching(completions=GROUP)) as client:
        undisturbed = {item.id: item.scores for item in (await client.score(items)).items}
        print("load runs", flush=True)

        async def call_on(start: int) -> None:
            number = start
            while not stop.is_set():
                batch = await client.score([items[number % CASES]])
                (item,) = batch.items
                count.calls += 1
                count.scored += batch.completions - batch.failed
                count.lost += batch.failed
                count.retries += batch.retries
                count.slowest_s = max(count.slowest_s, batch.seconds)
                if not batch.failed and item.scores != undisturbed[item.id]:
                    count.different += 1
                number += 1

        await asyncio.gather(*(call_on(start) for start in range(callers)))
    print(json.dumps(vars(count) | {"slowest_s": round(count.slowest_s, 2)}), flush=True)
    return 1 if count.lost or count.different or not count.calls else 0


if __name__ == "__main__":
    url, callers = sys.argv[1:]
    raise SystemExit(asyncio.run(main(url, int(callers))))
