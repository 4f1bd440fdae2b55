"""Runs and their comparison as a person uses them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

Shoot = Callable[[Page, str], None]

BASE = "/runs/base.parquet"
COMPARE = "/compare?a=base.parquet&b=other.parquet&by=subject&changes=coverage"
PAGES = ("/runs", BASE, "/runs/experiments/crpo", f"{BASE}?row=4", f"{BASE}?view=gaming", COMPARE)


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {[n['html'][:120] for n in v['nodes']]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def test_from_the_list_to_an_explanation(page: Page, shoot: Shoot) -> None:
    page.goto("/")
    page.get_by_role("link", name="runs").click()
    page.get_by_role("link", name="base.parquet").click()
    expect(page.get_by_role("heading", name="Distributions")).to_be_visible()
    page.get_by_role("link", name="Right but unfaithful").click()
    page.locator("table.rows tbody a").first.click()
    expect(page.get_by_role("heading", name="base.parquet, row 2")).to_be_visible()
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_role("heading", name="Explained")).to_be_visible()
    expect(page.locator(".completion mark.matched", has_text="fever").first).to_be_visible()
    shoot(page, "from-run-to-explanation")


def test_filters_and_sorting_are_in_the_address(page: Page) -> None:
    page.goto(BASE)
    page.get_by_label("Column").select_option("subject")
    page.get_by_role("textbox", name="Value").fill("lung")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("table.rows tbody tr")).to_have_count(4)
    page.get_by_role("link", name="coverage").click()
    expect(page.locator('th[aria-sort="descending"]')).to_have_text(re.compile("coverage"))
    address = page.url
    assert "column=subject" in address
    assert "sort=coverage" in address
    rows = page.locator("table.rows tbody th").all_inner_texts()
    page.goto("/")
    page.goto(address)
    assert page.locator("table.rows tbody th").all_inner_texts() == rows
    page.get_by_role("link", name="No filters").click()
    expect(page.locator("table.rows tbody tr")).to_have_count(8)


def test_a_hostile_completion_is_only_text(page: Page) -> None:
    page.goto(f"{BASE}?row=4")
    expect(page.locator(".text", has_text="<script>alert")).to_be_visible()
    assert page.locator("main img, main script").count() == 0


def test_two_runs_are_chosen_and_compared(page: Page, shoot: Shoot) -> None:
    page.goto("/runs")
    page.get_by_label("First").select_option("base.parquet")
    page.get_by_label("Second").select_option("other.parquet")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Changes of reward")).to_be_visible()
    page.get_by_label("Changes of").select_option("coverage")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("▲ better").first).to_be_visible()
    shoot(page, "compare")
    page.locator("table").last.get_by_role("link", name="run").first.click()
    expect(page.get_by_role("heading", name="other.parquet")).to_be_visible()
    expect(page.locator("table.rows tbody tr")).to_have_count(2)


def test_the_keyboard_alone_filters_and_opens_a_row(page: Page) -> None:
    page.goto(BASE)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    reached = page.get_by_role("textbox", name="Value")
    for _ in range(20):
        page.keyboard.press("Tab")
        if reached.evaluate("field => field === document.activeElement"):
            break
    expect(reached).to_be_focused()
    page.get_by_label("Column").select_option("id")
    reached.focus()
    page.keyboard.type("q3")
    page.keyboard.press("Enter")
    expect(page.locator("table.rows tbody tr")).to_have_count(2)
    row = page.locator("table.rows tbody a").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if row.evaluate("link => link === document.activeElement"):
            break
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="base.parquet, row 4")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_serious_fault_in_runs(
    page: Page, path: str, scheme: str, shoot: Shoot
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(path)
    shoot(page, re.sub(r"\W+", "-", f"{path}-{scheme}").strip("-"))
    assert serious(page) == []


def test_runs_on_a_narrow_screen_do_not_scroll_sideways(page: Page, shoot: Shoot) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for number, path in enumerate(PAGES):
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, f"{path} is {width} px wide"
        shoot(page, f"narrow-runs-{number}")
