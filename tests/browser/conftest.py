"""A running service and a real browser: the system's Chromium, driven by Playwright.

Without Chromium these tests are skipped. `CHROMIUM` names one that is not on the path.
Screenshots go to the folder in `SCREENSHOTS`, if it is set.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

Shoot = Callable[[Page, str], None]

expect.set_options(timeout=30_000)  # as all else in a browser may take; its own bound is 5 s


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium: install one, or set CHROMIUM"))


@pytest.fixture(scope="session")
def runs_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of small runs, which no test changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[1] / "runs" / "support"))
        from sample_runs import sample_folder  # type: ignore[import-not-found]

        yield sample_folder(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def address(runs_folder: Path) -> Iterator[str]:
    """The address of a service that is ready."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("REWARD_")}
    environment["REWARD_RUNS"] = str(runs_folder)
    command = [sys.executable, "-m", "reward_service.cli", "serve", "--port", "0", "--workers", "1"]
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("ready: "), line
        yield line.removeprefix("ready: ").strip()
    finally:
        process.terminate()
        process.communicate(timeout=60)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Not for the session: while Playwright runs, so does an event loop, which other tests must not
    # find.
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not start for root, as in containers.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page of its own; whatever it logs as an error fails the test."""
    context = browser.new_context(base_url=address, viewport={"width": 1400, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("dialog", lambda dialog: errors.append(f"dialog: {dialog.message}"))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def shoot() -> Shoot:
    """Keeps a picture of the whole page, where a folder for them is set."""
    folder = os.environ.get("SCREENSHOTS")

    def shot(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return shot
