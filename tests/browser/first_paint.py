"""First contentful paint of an explained completion of about 750 words, in milliseconds.

    clinical-reward serve --port 8000 &
    python tests/browser/first_paint.py http://127.0.0.1:8000

A measurement, not a test: it prints what it saw and judges nothing.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys

from playwright.sync_api import sync_playwright

ROUNDS = 8
CASE = (
    "A 60-year-old man has fever and a cough. He denies chest pain. His temperature is 38.9 °C and "
    "his pulse is 112/min. Which is it?"
)
SENTENCE = (
    "His fever and cough point to pneumonia, and he has no chest pain, which makes embolism less "
    "likely. "
)
COMPLETION = 41 * SENTENCE + "The answer is B."


def main(address: str) -> None:
    """Explain the completion in a new page each round."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        paints = []
        for number in range(ROUNDS):
            page = browser.new_page()
            page.goto(address)
            page.get_by_label("Case and question").fill(CASE)
            page.get_by_label("Options").fill("A: Gout\nB: Pneumonia")
            page.get_by_label("Key").fill("B")
            page.get_by_label("Completion 1").fill(f"{COMPLETION} {number}")
            page.get_by_role("button", name="Explain").click()
            page.wait_for_selector("article")
            page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
            paints.append(
                page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            )
            page.close()
        browser.close()
    rounds = ", ".join(f"{paint:.0f}" for paint in paints)
    print(f"{len(COMPLETION.split())} words: median {statistics.median(paints):.0f} ms ({rounds})")


if __name__ == "__main__":
    main(sys.argv[1])
