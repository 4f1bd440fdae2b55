"""The explanation page as a person uses it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

Shoot = Callable[[Page, str], None]

PAIR = "/explain?case=haem-ttp&kind=good&kind=unfaithful"
CASE = "A 60-year-old man has fever and a cough. He denies chest pain. Which is it?"
HONEST = "His fever and cough point to pneumonia, and he has no chest pain. The answer is B."
HOSTILE = '</mark></p></textarea><script>alert("x")</script><img src=x onerror=alert(1)>'


def fill(page: Page, *completions: str) -> None:
    page.goto("/")
    page.get_by_label("Case and question").fill(CASE)
    page.get_by_label("Options").fill("A: Gout\nB: Pneumonia")
    page.get_by_label("Key").fill("B")
    for number, text in enumerate(completions, 1):
        page.get_by_label(f"Completion {number}").fill(text)
    page.get_by_role("button", name="Explain").click()


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {[n['html'][:120] for n in v['nodes']]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def test_an_example_is_opened_from_the_start_page(page: Page, shoot: Shoot) -> None:
    page.goto("/")
    shoot(page, "start")
    page.get_by_role("link", name="unfaithful").first.click()
    expect(page.get_by_role("heading", name="The difference")).to_be_visible()
    expect(page.locator("article")).to_have_count(2)
    shoot(page, "pair")


def test_hovering_shows_what_a_mark_means_and_where_it_comes_from(page: Page, shoot: Shoot) -> None:
    page.goto("/explain?case=haem-ttp&kind=good")
    said = page.locator(".completion mark.matched", has_text="fever").first
    said.scroll_into_view_if_needed()
    said.hover()
    tip = page.locator("#tip")
    expect(tip).to_be_visible()
    expect(tip).to_contain_text("matched, present")
    expect(page.locator(".case mark.on").first).to_be_visible()
    assert page.locator("#link path").get_attribute("d")
    shoot(page, "hover")
    page.mouse.move(2, 2)
    expect(tip).to_be_hidden()


def test_the_keyboard_alone_reaches_marks_and_their_counterparts(page: Page) -> None:
    page.goto("/explain?case=haem-ttp&kind=good")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    first = page.locator(".completion mark[data-e]").first
    for _ in range(40):
        page.keyboard.press("Tab")
        if first.evaluate("mark => mark === document.activeElement"):
            break
    expect(first).to_be_focused()
    expect(page.locator("#tip")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".completion mark[data-e]").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.side") == "case"
    page.keyboard.press("Escape")
    expect(page.locator("#tip")).to_be_hidden()


def test_weights_move_the_rewards(page: Page) -> None:
    page.goto(PAIR)
    good, bad = page.locator("article [data-reward]").all()
    assert float(good.inner_text()) > 10
    page.locator('[data-weight="accuracy"]').fill("0")
    page.locator('[data-weight="coverage"]').fill("0")
    faithfulness = page.locator('article [data-objective="faithfulness"] b').all_inner_texts()
    assert [good.inner_text(), bad.inner_text()] == faithfulness
    change = float(faithfulness[1]) - float(faithfulness[0])
    assert float(page.locator("[data-change]").inner_text()) == pytest.approx(change, abs=1e-3)


def test_the_evidence_adds_up_to_the_score_shown(page: Page) -> None:
    page.goto("/explain?case=haem-ttp&kind=good")
    for section in page.locator("section.sum-of").all():
        parts = section.locator("summary .n").all_inner_texts()
        total = float(section.locator(".total .n").inner_text())
        assert sum(map(float, parts)) == pytest.approx(total, abs=2e-3)


def test_a_link_holds_pasted_texts_and_no_server_sees_them(page: Page) -> None:
    fill(page, HONEST + " CANARY")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Link is in the address bar")).to_be_visible()
    address = page.url
    assert "#t=" in address
    sent: list[str] = []
    other = page.context.new_page()
    other.on("request", lambda request: sent.append(request.url))
    other.goto(address)
    expect(other.get_by_role("heading", name="Explained")).to_be_visible()
    expect(other.locator("article .completion")).to_contain_text("CANARY")
    assert sent
    assert not any(part in url for url in sent for part in ("CANARY", "#", "t="))


def test_a_hostile_completion_is_only_text(page: Page) -> None:
    fill(page, HONEST + HOSTILE, HOSTILE)
    expect(page.locator("article").first.locator(".completion")).to_contain_text("<script>alert")
    assert page.locator("article img, article script").count() == 0


def test_a_completion_of_5000_words(page: Page, shoot: Shoot) -> None:
    filler = " ".join(f"He was seen on day {i} and the cough was noted again." for i in range(450))
    fill(page, f"{HONEST} {filler}")
    expect(page.get_by_role("heading", name="Explained")).to_be_visible()
    assert page.locator("article .completion").inner_text().count("day") == 450


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", PAIR, "/explain?case=haem-ttp&kind=good"])
def test_axe_finds_no_serious_fault(page: Page, path: str, scheme: str, shoot: Shoot) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(path)
    shoot(page, re.sub(r"\W+", "-", f"{path}-{scheme}").strip("-"))
    assert serious(page) == []


def test_dark_can_be_chosen_and_stays(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark").click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    expect(page.get_by_role("button", name="Light")).to_be_visible()


def test_a_narrow_screen_has_no_sideways_scrolling(page: Page, shoot: Shoot) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for name, path in (("start", "/"), ("pair", PAIR)):
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, f"{path} is {width} px wide"
        shoot(page, f"narrow-{name}")
        inside = page.locator(".weights").evaluate_all(
            "sets => sets.every(set => set.firstElementChild.offsetTop > set.offsetTop)"
        )
        assert inside, "a legend of several lines is set into the border"
