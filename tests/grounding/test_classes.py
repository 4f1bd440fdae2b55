"""Options named by their class, by its members, and by what they are for."""

from __future__ import annotations

import pytest

from reward_service.analysis.pipeline import Analyzer
from reward_service.grounding.class_tables import default_table, parse_tables
from reward_service.grounding.classes import OptionClasses
from reward_service.text.tokenizer import Tokenizer

DRUGS = {
    "A": "Sublingual nitroglycerin",
    "B": "Intravenous furosemide",
    "C": "Intravenous bolus of normal saline",
    "D": "Intravenous metoprolol",
    "E": "Pericardiocentesis",
}
TWO_DIURETICS = {"A": "Furosemide", "B": "Hydrochlorothiazide", "C": "Metoprolol"}
CLASSES = {"A": "A beta-blocker", "B": "Intravenous antibiotics", "C": "Lisinopril"}


@pytest.mark.parametrize(
    ("options", "text", "by_class", "by_use"),
    [
        (DRUGS, "Nitrates would take away his preload.", "A", ""),
        (DRUGS, "Nitrates and diuretics would take it away.", "AB", ""),
        (DRUGS, "A β-blocker is unsafe.", "D", ""),
        (DRUGS, "He needs fluids.", "C", ""),
        (DRUGS, "His fluid is clear.", "", ""),  # only "fluids" are given
        (DRUGS, "Tamponade is unlikely.", "", "E"),
        (DRUGS, "Another beta blocker is no better.", "", ""),
        (TWO_DIURETICS, "Diuretics are of no use.", "AB", ""),
        (TWO_DIURETICS, "A diuretic is of no use.", "AB", ""),
        (TWO_DIURETICS, "The diuretic is of no use.", "", ""),
        (TWO_DIURETICS, "The thiazide is of no use.", "B", ""),
        (TWO_DIURETICS, "Loop diuretics are of no use.", "A", ""),
        (TWO_DIURETICS, "Potassium-sparing diuretics are of no use.", "", ""),
        (CLASSES, "Metoprolol slows the heart.", "A", ""),
        (CLASSES, "Ceftriaxone is given.", "B", ""),
        (CLASSES, "ACE inhibitors cause cough.", "C", ""),
        ({"A": "Atenolol", "B": "Metoprolol"}, "Beta blockers slow the heart.", "", ""),
        ({"A": "Beta blockers", "B": "Metoprolol"}, "Metoprolol slows it.", "", ""),
        ({"A": "Beta blockers", "B": "Metoprolol", "C": "Aspirin"}, "Beta blockers help.", "A", ""),
        ({"A": "Epstein-Barr virus", "B": "Candida"}, "Viruses do so.", "A", ""),
        ({"A": "Epstein-Barr virus", "B": "Candida"}, "Rabies virus does so.", "", ""),
        ({"A": "Nystatin", "B": "Aspirin"}, "A statin lowers lipids.", "", ""),
        ({"A": "Omeprazole", "B": "Aspirin"}, "Azoles inhibit the enzyme.", "", ""),
    ],
)
def test_other_names(
    analyzer: Analyzer, options: dict[str, str], text: str, by_class: str, by_use: str
) -> None:
    norms = {letter: Tokenizer()(option).norms for letter, option in options.items()}
    found = OptionClasses(norms, frozenset()).in_document(analyzer(text)).get(0, [])
    named = {
        is_use: "".join(
            sorted({k for name in found if name.is_use is is_use for k in name.letters})
        )
        for is_use in (False, True)
    }
    assert named == {False: by_class, True: by_use}


def test_words_of_the_case_are_left_to_it(analyzer: Analyzer) -> None:
    norms = {letter: Tokenizer()(option).norms for letter, option in DRUGS.items()}
    known = frozenset({"beta", "blocker", "diuretic"})
    text = analyzer("Her beta blocker and the diuretics go on, the nitrates do not.")
    (names,) = OptionClasses(norms, known).in_document(text).values()
    assert [name.letters for name in names] == [{"A"}]


def test_the_tables_are_well_formed() -> None:
    table = default_table()
    assert {row.is_use for row in table.rows_of(("sumatriptan",))} == {False, True}
    assert ("beta", "blocker") in table.names["beta"]


@pytest.mark.parametrize(
    ("classes", "uses", "message"),
    [
        (["statin -vastatin"], [], "two columns"),
        (["statin\t-vastatin", "statin\tniacin"], [], "listed twice"),
        (["a\t@b"], [], "'@b'"),
        (["a\t@b", "b\t@a"], [], "'@a'"),
        ([], ["@statin\tcholesterol"], "'@statin'"),
    ],
)
def test_bad_tables(classes: list[str], uses: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_tables(classes, uses)
