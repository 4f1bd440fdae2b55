"""Which options a completion weighs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.options import OptionsConfig, weigh_options
from reward_service.grounding.rollout import Rollout

QUESTION = "A 20-year-old man has a sore throat and fever. What is the most likely cause?"
OPTIONS = {"A": "Epstein-Barr virus", "B": "Streptococcus pyogenes", "C": "Corynebacterium"}


@pytest.mark.parametrize(
    ("text", "credits"),
    [
        (
            "Option B, the bacterium, is likely because toxins damage the mucosa. \\boxed{B}",
            (0, 0.2, 0),
        ),
        ("Streptococcus is likely because toxins damage the mucosa. \\boxed{B}", (0, 0.8, 0)),
        ("Option B is likely because toxins damage the mucosa of the man. \\boxed{B}", (0, 0.2, 0)),
        ("With his fever, B) is right since toxins damage the mucosa. \\boxed{B}", (0, 1, 0)),
        ("Streptococcus would bring pus on swollen tonsils. \\boxed{A}", (0, 0.8, 0)),
        ("Streptococcus would bring pus on swollen tonsils. \\boxed{B}", (0, 0.8, 0)),
        (
            "Epstein-Barr virus is unlikely because toxins damage the mucosa. \\boxed{B}",
            (0.8, 0, 0),
        ),
        (
            "Streptococcus and Corynebacterium never damage the mucosa by toxins. \\boxed{A}",
            (0, 0.4, 0.4),
        ),
        ("Streptococcus pyogenes fits the fever. \\boxed{B}", (0, 0.7, 0)),
        ("Option B is unlikely because it is unlikely. \\boxed{A}", (0, 0, 0)),
        ("Streptococcus pyogenes. \\boxed{B}", (0, 0, 0)),
        # Filler parts no option from its reason, and is none itself.
        (
            "With his fever, consider option B. So let me gather my notes and see. The tonsils "
            "carry pus because toxins damage the mucosa. \\boxed{B}",
            (0, 0.7, 0),
        ),
        ("Consider option B. So let me gather my pencils and crayons. \\boxed{B}", (0, 0, 0)),
        # What is only supposed, or asked, is no ground.
        ("If he had a fever, option B would be likely. \\boxed{B}", (0, 0, 0)),
        ("Does the fever point to option B? \\boxed{B}", (0, 0, 0)),
        ("The fever is high because of the infection. \\boxed{B}", (0, 0, 0)),
    ],
)
def test_a_weighed_option_has_a_name_and_a_reason(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    credits: tuple[float, ...],
) -> None:
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), text)
    weighings = weigh_options(rollout, OptionsConfig())
    assert tuple(w.credit for w in weighings) == credits


def test_a_reason_repeated_for_every_option_is_one_reason(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    text = "Option B is likely given the fever. Option A is unlikely given the fever. \\boxed{B}"
    shared = "Options A and C are unlikely given the fever."
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), f"{shared} {text}")
    assert sum(w.credit for w in weigh_options(rollout, OptionsConfig())) <= 0.8


def _credits(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout], text: str
) -> dict[str, float]:
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), text)
    return {w.letter: w.credit for w in weigh_options(rollout, OptionsConfig())}


PRAISE = (
    "Epstein-Barr virus explains the fever and the enlarged spleen. "
    "Streptococcus explains the fever and pus on the tonsils. "
    "Corynebacterium explains the fever and a grey membrane. "
)
REJECTION = (
    "Epstein-Barr virus is ruled out because the fever came without an enlarged spleen. "
    "Streptococcus is ruled out because the fever came without pus on the tonsils. "
    "Corynebacterium is ruled out because the fever came without a grey membrane. "
)


def test_praise_for_every_option_is_worth_less_than_for_the_chosen_one(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    every = _credits(make_case, make_rollout, PRAISE + "The answer is B.")
    one = _credits(
        make_case,
        make_rollout,
        "Streptococcus explains the fever and pus on the tonsils. The answer is B.",
    )
    assert sum(every.values()) < sum(one.values())
    assert every["A"] == every["C"] == 0


def test_rejecting_every_option_weighs_nothing(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    assert not any(_credits(make_case, make_rollout, REJECTION + "The answer is B.").values())
    kept = REJECTION.replace(
        "Streptococcus is ruled out because", "Streptococcus spreads by droplets and fits, for"
    )
    assert all(_credits(make_case, make_rollout, kept + "The answer is B.").values())


def test_several_answers_weigh_nothing(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    assert not any(_credits(make_case, make_rollout, PRAISE + "The answer is A or B.").values())


def test_a_question_for_the_exception_may_be_argued_either_way(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    question = "A 20-year-old man has a fever. It may be caused by all of the following except?"
    rollout = make_rollout(make_case(question, options=OPTIONS), PRAISE + "The answer is B.")
    assert rollout.stances.at_odds == frozenset()


def test_rejections_are_told_apart(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    text = (
        "Epstein-Barr virus explains the fever and the swollen spleen. "
        "Streptococcus is ruled out because the swab grew nothing. The answer is A."
    )
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), text)
    rejected = {w.letter: w.rejected for w in weigh_options(rollout, OptionsConfig())}
    assert rejected == {"A": False, "B": True, "C": False}


def test_the_same_reason_against_another_option_adds_a_little_in_a_sentence_of_its_own(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    why = "Streptococcus is likely since toxins damage the mucosa, which explains his fever. "
    why += "It spreads by droplets, and so the throat becomes sore because of swollen tonsils. "
    one = why + "I would not expect fever with Epstein-Barr virus. "
    more = "The tonsils filter what is breathed in and swallowed. "
    two = f"{one}{more}Fever argues against Corynebacterium. "
    both = why + "Fever argues against Epstein-Barr virus and Corynebacterium. "
    credits = [
        _credits(make_case, make_rollout, f"{text}The answer is B.") for text in (both, one, two)
    ]
    sums = [given["A"] + given["C"] for given in credits]
    assert sums[0] == pytest.approx(sums[1])
    assert 1.0 < sums[2] / sums[1] < 1.2


@pytest.mark.parametrize(
    "text",
    [
        "With Epstein-Barr virus, I could not make sense of fever.",
        "Epstein-Barr virus is a poor match for fever.",
        "I would not expect fever with Epstein-Barr virus.",
        "Fever would be odd in Epstein-Barr virus.",
        "Against option A, Epstein-Barr virus, stands fever.",
        "Option A, Epstein-Barr virus, leaves fever unexplained, so I set it aside.",
        "Epstein-Barr virus falls away because of the fever.",
        "Given the fever, Epstein-Barr virus falls short.",
        "Because of the fever, I turn away from Epstein-Barr virus.",
        "The fever leads us away from Epstein-Barr virus.",
        "Epstein-Barr virus can be dropped because of the fever.",
    ],
)
def test_an_option_is_set_aside_by_a_finding_of_the_case_in_many_words(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout], text: str
) -> None:
    assert _credits(make_case, make_rollout, f"{text} The answer is B.")["A"] == pytest.approx(0.7)
    praise = "Fever leads me to option B (Streptococcus pyogenes). The answer is B."
    assert _credits(make_case, make_rollout, praise)["B"] == pytest.approx(0.7)


NUMBERED = dict(zip("123", OPTIONS.values(), strict=True))


@pytest.mark.parametrize(
    ("text", "rejected"),
    [
        ("Streptococcus is wrong. It destroys the tonsils and coats them with pus.", "2"),
        ("Wrong answer 3: a grey membrane would coat the throat.", "3"),
        ("The fever and a sore throat spare the membrane here. So we discard answer 3.", "3"),
        ("The other options would bring membranes into the throat.", "23"),
        (
            "2: Pus would show on the sore throat.\n3: A membrane would show on the sore throat.",
            "23",
        ),
        ("Streptococcus\n- Unlikely, as it destroys swollen tonsils and spleens.", "2"),
        ("Streptococcus, which never enlarges the spleen, is common.", "2"),
        ("Streptococcus is wrong, because there is no jaundice.", "2"),
        (
            "Fever with a sore throat might as well come from streptococcus by its toxins.\n"
            "Streptococcus is wrong, as it coats tonsils with pus.",
            "2",
        ),
        ("Streptococcus is a common guest of healthy throats.", ""),
        ("Streptococcus pyogenes is wrong.", ""),
    ],
)
def test_rejections_with_a_reason(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    rejected: str,
) -> None:
    rollout = make_rollout(make_case(QUESTION, options=NUMBERED), f"{text}\nThe answer is 1.")
    assert rollout.commitment.answers == ("1",)
    weighings = weigh_options(rollout, OptionsConfig())
    assert [w.letter for w in weighings if w.rejected] == list(rejected)


def test_what_an_option_would_show_and_the_case_lacks_is_a_ground(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case(f"{QUESTION} He has no cough.", options=OPTIONS)
    rollout = make_rollout(case, "Corynebacterium would come with cough. \\boxed{A}")
    assert [w.credit for w in weigh_options(rollout, OptionsConfig())] == [0, 0, 1]


def test_a_verdict_on_one_option_is_none_on_another(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    text = (
        "Streptococcus is wrong because toxins damage the mucosa, whereas Epstein-Barr virus "
        "enlarges the spleen."
    )
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), f"{text} \\boxed{{A}}")
    assert not rollout.stances.at_odds
    assert [w.rejected for w in weigh_options(rollout, OptionsConfig())] == [False, True, False]


def test_sentences_that_say_nothing_do_not_part_an_option_from_its_reason(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    reason = "It is unlikely because toxins damage the mucosa."
    texts = (
        f"Consider Streptococcus. {reason} \\boxed{{A}}",
        f"Consider Streptococcus. Let me go through this carefully. Reading helps. {reason} "
        "\\boxed{A}",
    )
    rollouts = [make_rollout(make_case(QUESTION, options=OPTIONS), text) for text in texts]
    first, second = ([w.credit for w in weigh_options(r, OptionsConfig())] for r in rollouts)
    assert first == second
    assert first[1] == 0.8


def test_a_bare_link_has_its_ground_in_the_sentence_before(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    told = _credits(
        make_case, make_rollout, "He has a fever. This suggests Streptococcus. \\boxed{B}"
    )
    unsaid = _credits(
        make_case, make_rollout, "There is one clue. This suggests Streptococcus. \\boxed{B}"
    )
    assert told["B"] == OptionsConfig().reason.linked
    assert not unsaid["B"]


def test_an_option_has_no_ground_in_copied_words(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    question = (
        "A boy has a sore throat since he came back from the camp with a fever and aching muscles. "
        "What is the cause?"
    )
    case = make_case(question, options=OPTIONS)

    def credit(ground: str) -> float:
        rollout = make_rollout(
            case, f"Streptococcus is less likely because of {ground}. \\boxed{{A}}"
        )
        return weigh_options(rollout, OptionsConfig())[1].credit

    assert credit("the fever") == OptionsConfig().reason.linked
    assert credit("since he came back from the camp with a fever") == 0.0


def test_a_hint_takes_a_word_that_neither_the_case_nor_the_options_have(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case("A boy came back from a camp in the hills with a fever.", options=OPTIONS)

    def credit(ground: str) -> float:
        rollout = make_rollout(
            case, f"Streptococcus is less likely because of {ground}. \\boxed{{A}}"
        )
        return weigh_options(rollout, OptionsConfig())[1].credit

    assert credit("hills and camp") == 0.0
    assert credit("hills and ticks") == OptionsConfig().reason.hinted


def test_an_option_behind_a_bullet_has_its_name(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    options = {"A": "- MRI of the spine", "B": "-PCR for the virus"}
    rollout = make_rollout(make_case(QUESTION, options=options), "PCR finds the smallest traces.")
    (sentence,) = rollout.sentences
    assert sentence.named == {"B"}


SCANS = {
    "A": "Thoracic computed tomography with contrast",
    "B": "Thoracic computed tomography without contrast",
    "C": "Isotonic glucose",
    "D": "Hypertonic glucose",
}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Option B, thoracic computed tomography without contrast, ignores the fever.", "B"),
        ("The fever argues against hypertonic glucose (D).", "D"),
        ("Option B, unlike thoracic computed tomography with contrast, fits the fever.", "AB"),
        ("The fever argues against glucose.", "CD"),
    ],
)
def test_a_whole_wording_beside_its_label_names_no_other_option(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    named: str,
) -> None:
    rollout = make_rollout(make_case(QUESTION, options=SCANS), f"{text} \\boxed{{A}}")
    assert rollout.sentences[0].named == frozenset(named)


@pytest.mark.parametrize(
    "text", ["This question deserves a second visit.", "There is no need to hurry."]
)
def test_words_that_fit_any_case_name_no_option(
    text: str, make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    options = {"A": "Repeat visit", "B": "Throat swab", "C": "No further treatment needed"}
    case = make_case(QUESTION, options=options)
    rollout = make_rollout(case, f"{text} \\boxed{{B}}")
    assert rollout.sentences[0].named == frozenset()


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        # A verdict elsewhere makes no reason of what only tells of the option.
        ("Corynebacterium clings to a fever by its toxin.", 0.4),
        ("Corynebacterium clings to a fever by its toxin. So Corynebacterium is out.", 0.4),
        # It carries what is set against the option, also in the sentence behind it.
        ("Corynebacterium clings by its toxin. But his fever never grew a membrane.", 0.4),
        (
            "Corynebacterium clings by its toxin. But his fever never grew a membrane. "
            "So Corynebacterium is out.",
            1,
        ),
    ],
)
def test_a_verdict_carries_what_is_set_against_the_option(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    credit: float,
) -> None:
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), f"{text} \\boxed{{A}}")
    assert weigh_options(rollout, OptionsConfig())[2].credit == pytest.approx(credit)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("A gland that fails gives a low pressure (incorrect option 1). Gout is no reason.", "1"),
        ("A gland that fails gives a low pressure (option 1). Gout is no reason.", "1"),
        ("A gland that fails gives a low pressure, unlike option 1, gout.", ""),
        ("(1). Gout is no reason.", ""),
    ],
)
def test_what_follows_a_closed_remark_is_no_other_name_of_its_label(
    text: str,
    named: str,
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
) -> None:
    options = {"1": "Steroids for an adrenal crisis", "2": "Hypertonic saline"}
    rollout = make_rollout(make_case(QUESTION, options=options), f"{text} The answer is 2.")
    assert rollout.sentences[0].named == frozenset(named)
