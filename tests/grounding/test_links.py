"""How many bare links of a completion count."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.options import OptionsConfig, weigh_options
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import Standing

QUESTION = (
    "A 34-year-old woman has fever, chills, flank pain and vomiting. The urine contains white "
    "blood cells. She has no vaginal discharge. What is the most likely diagnosis?"
)
OPTIONS = {
    "A": "Pyelonephritis",
    "B": "Appendicitis",
    "C": "Cholecystitis",
    "D": "Salpingitis",
    "E": "Pancreatitis",
}
LINKS = (
    "Appendicitis is less likely because of the chills. "
    "Cholecystitis is hardly compatible with the flank pain. "
    "Salpingitis would not explain the vomiting. "
    "The fever argues against pancreatitis. "
)
WHY = (
    "The stretched capsule of the kidney hurts, hence flank pain suggests pyelonephritis. ",
    "Appendicitis is wrong since its ache settles low on the right, not in the flank. ",
    "Because the gallbladder empties after meals, cholecystitis would follow fatty suppers. ",
    "Salpingitis needs infected tubes, so vaginal discharge is what it would bring. ",
)
REPEATED = Standing.REPEATED


@pytest.fixture
def make(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> Callable[[str], Rollout]:
    case = make_case(QUESTION, options=OPTIONS)
    return lambda text: make_rollout(case, f"{text}The answer is A.")


def _standings(rollout: Rollout) -> list[Standing]:
    return [sentence.standing for sentence in rollout.sentences][:-1]


def test_of_a_text_of_bare_links_two_count(make: Callable[[str], Rollout]) -> None:
    assert _standings(make(LINKS)) == [Standing.LINKED, Standing.LINKED, REPEATED, REPEATED]


@pytest.mark.parametrize("reasons", [(), WHY[3:], WHY[2:]])
def test_two_sentences_that_say_why_carry_another_link(
    make: Callable[[str], Rollout], reasons: tuple[str, ...]
) -> None:
    standings = _standings(make(LINKS + "".join(reasons)))
    assert standings[:4].count(Standing.LINKED) == 2 + len(reasons) // 2, standings


def test_what_is_cut_out_of_a_row_of_links_adds_nothing(make: Callable[[str], Rollout]) -> None:
    links = LINKS.split(". ")[:-1]

    def weighed(kept: list[str]) -> float:
        weighings = weigh_options(make(". ".join([*kept, ""])), OptionsConfig())
        return sum(weighing.credit for weighing in weighings)

    for gone in links:
        assert weighed([link for link in links if link != gone]) < weighed(links), gone


def test_another_ground_comes_before_one_that_is_used(make: Callable[[str], Rollout]) -> None:
    shared = (
        "Appendicitis is less likely because of the chills. "
        "Cholecystitis is hardly compatible with the chills. "
    )
    other = "Salpingitis would not explain the vomiting. "
    assert _standings(make(shared)) == [Standing.LINKED, Standing.LINKED]
    assert _standings(make(shared + other)) == [Standing.LINKED, REPEATED, Standing.LINKED]


def test_bare_links_for_several_options_in_one_frame_are_one(
    make: Callable[[str], Rollout],
) -> None:
    frame = "{0} is less likely because of the {1}. "
    first = frame.format("Appendicitis", "chills")
    turned = "Because of the vomiting, salpingitis is less likely. "
    assert _standings(make(first + turned)) == [Standing.LINKED, REPEATED]
    other = "Salpingitis would not explain the vomiting. "
    assert _standings(make(first + other)) == [Standing.LINKED, Standing.LINKED]
    why = frame.format("Cholecystitis", "projectile and undigested vomiting")
    assert REPEATED not in _standings(make(first + why))


def test_links_take_nothing_from_what_stands_before_them(make: Callable[[str], Rollout]) -> None:
    alone = _standings(make("".join(WHY)))
    assert _standings(make("".join(WHY) + LINKS))[: len(WHY)] == alone


def test_a_link_with_a_word_of_its_own_is_not_bare(make: Callable[[str], Rollout]) -> None:
    text = (
        "Appendicitis is less likely because the chills are violent. "
        "Cholecystitis hardly goes along with the bilateral flank pain. "
        "The projectile vomiting is against salpingitis. "
    )
    assert REPEATED not in _standings(make(text))


def test_a_phrase_of_argument_says_why_once(make: Callable[[str], Rollout]) -> None:
    frame = "The {0} is readily explained by {1}. "
    pairs = (
        ("fever", "cytokine release"),
        ("flank pain", "capsular stretching"),
        ("vomiting", "vagal irritation"),
        ("white cells in the urine", "tubular leakage"),
    )
    text = "".join(frame.format(*pair) for pair in pairs)
    worn = _standings(
        make(text + "Pyelonephritis is what swells the kidney like that, with pus inside. ")
    )
    assert worn[:4].count(REPEATED) == 2
    told = (
        "The fever is readily explained by cytokine release. "
        "Capsular stretching causes the flank pain. "
        "Vagal irritation accounts for the vomiting. "
        "Tubular leakage is why the urine contains white cells. "
    )
    assert REPEATED not in _standings(make(told))


def test_links_that_name_no_option_count_as_far_as_the_text_comes_to_one(
    make: Callable[[str], Rollout],
) -> None:
    steps = (
        "The fever is explained by inflammation. The vomiting is due to necrosis. "
        "The chills are explained by autoimmunity. "
    )
    ends = "Pyelonephritis is what swells the calyces. ", "Appendicitis would shift its ache. "
    for n in range(3):
        standings = _standings(make(steps + "".join(ends[:n])))[:3]
        assert standings.count(Standing.LINKED) == n, (n, standings)
    answered = _standings(make(steps + "Pyelonephritis is the answer. "))[:3]
    assert set(answered) == {REPEATED}
    lone = _standings(make("The fever is explained by inflammation. "))
    assert lone == [Standing.LINKED]
    voided = _standings(make(steps + "Appendicitis is supported by the flank pain. "))[:3]
    assert set(voided) == {REPEATED}


def test_words_that_only_tell_a_case_say_no_why(make: Callable[[str], Rollout]) -> None:
    told = (
        "Having fever, she is less likely to have appendicitis. "
        "The vomiting that she notices argues against cholecystitis. "
        "With chills recorded, salpingitis is hardly compatible. "
        "Arriving with flank pain argues against pancreatitis. "
    )
    assert _standings(make(told)).count(REPEATED) == 2


def test_bare_links_for_and_against_one_option_cancel(make: Callable[[str], Rollout]) -> None:
    backed = "Appendicitis is supported by the fever. "
    against = "However, appendicitis is ruled out because of the chills. "
    assert _standings(make(backed + against)) == [REPEATED, REPEATED]
    turned = (
        "However, appendicitis is ruled out because a swollen caecum would double her over and "
        "stiffen the wall. "
    )
    assert _standings(make(backed + turned)) == [Standing.LINKED, Standing.REASONED]
    other = "However, the chills argue against cholecystitis. "
    assert REPEATED not in _standings(make(against + other))


def test_one_phrase_may_reject_several_options_for_their_findings(
    make: Callable[[str], Rollout],
) -> None:
    text = (
        "Appendicitis is less likely because the right iliac fossa hurts then, not the flank. "
        "Cholecystitis is less likely because vomiting would come after fatty meals. "
        "Salpingitis is less likely because vaginal discharge would soil her linen. "
        "Pancreatitis is less likely because fever arrives late, after days of belt-like agony. "
    )
    weighings = weigh_options(make(text), OptionsConfig())
    assert all(w.credit for w in weighings if w.letter != "A")


def test_one_phrase_with_reasons_apart_from_the_case_is_worn(
    make: Callable[[str], Rollout],
) -> None:
    text = "".join(
        f"{option} can be set aside because {reason}. "
        for option, reason in (
            ("Appendicitis", "the tempo speaks for other processes"),
            ("Cholecystitis", "the anatomy lies elsewhere in the body"),
            ("Salpingitis", "the mechanism produces other results"),
            ("Pancreatitis", "demographics make it improbable"),
        )
    )
    weighings = weigh_options(make(text), OptionsConfig())
    assert sum(w.credit > 0.2 for w in weighings) == 2


def test_a_case_without_findings_asks_for_no_ground(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case(
        "Which drug stabilizes microtubules?",
        options={"A": "Paclitaxel", "B": "Doxorubicin", "C": "Vincristine", "D": "Cisplatin"},
    )
    text = (
        "Doxorubicin is wrong because it inserts itself between bases. Vincristine is wrong "
        "because it stops polymerization. Cisplatin is wrong because it bridges two strands. "
    )
    rollout = make_rollout(case, text + "The answer is A.")
    assert REPEATED not in _standings(rollout)
