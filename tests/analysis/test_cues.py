"""The cue table is sound, and cues are found longest first and outside longer mentions."""

from __future__ import annotations

from importlib import resources

import pytest

from reward_service.analysis.cues import (
    SHORT,
    Cue,
    Direction,
    Role,
    Scope,
    default_cues,
    default_index,
    find_events,
    index_cues,
    parse_cues,
)
from reward_service.text.document import Flag
from reward_service.text.normalize import normalize_token
from reward_service.text.tokenizer import Tokenizer
from reward_service.vocabulary.compiler.patterns import expand


def table_rows() -> list[str]:
    table = resources.files("reward_service.analysis").joinpath("cues.tsv").read_text("utf-8")
    return [x for x in table.splitlines() if x and not x.startswith(("#", "cue\t"))]


def test_every_cue_is_written_as_the_tokenizer_splits_it() -> None:
    tokenizer = Tokenizer()
    for row in table_rows():
        for text in expand(row.split("\t")[0].replace("=", ""), SHORT):
            words = tuple(n for n in tokenizer(text).norms if n)
            assert words == tuple(map(normalize_token, text.split())), text


def test_every_cue_with_flags_says_where_they_fall() -> None:
    for cue in default_cues():
        assert bool(cue.flags) == (cue.direction is not Direction.NONE), cue


def test_a_cue_is_found_in_its_own_words() -> None:
    for cue in default_cues():
        spelling = [s or w for s, w in zip(cue.spelling, cue.words, strict=True)]
        events = find_events([*cue.words], default_index(), spelling.__getitem__)
        assert [(e.start, e.end, e.roles) for e in events] == [(0, len(cue.words), cue.roles)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("no\tNEGATED\tforward\tphrase", "line 1"),
        ("no\tNEGATIVE\tforward\tphrase\t-", "NEGATIVE"),
        ("no\tNEGATED\tupward\tphrase\t-", "UPWARD"),
        ("no\tNEGATED\tforward\tphrase\tnegater", "NEGATER"),
        ("non -\tNEGATED\tforward\tphrase\t-", "hyphen"),
    ],
)
def test_a_bad_row_is_named(row: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_cues([row])


def test_a_cue_listed_twice_is_refused() -> None:
    row = "suggests\tINFERRED\tforward\tclause\t-"
    with pytest.raises(ValueError, match="twice"):
        parse_cues([row, row.replace("suggests", "suggest")])


def test_a_pattern_stands_for_its_alternatives_and_leaves_what_an_earlier_row_lists() -> None:
    rows = ["was not there\t-\t-\t-\t-", "{is} not {there,seen}\tNEGATED\tbackward\tclause\tverb"]
    cues = parse_cues(rows)
    assert len(cues) == 8
    assert [c.flags for c in cues if c.words == ("was", "not", "there")] == [0]


def test_longest_cue_wins_and_shields_the_shorter() -> None:
    index = index_cues(parse_cues(["not\tNEGATED\tforward\tclause\t-", "not only\t-\t-\t-\t-"]))
    assert [(e.end, e.flags) for e in find_events(["not", "only"], index)] == [(2, 0)]
    assert [(e.end, e.flags) for e in find_events(["not", "he"], index)] == [(1, Flag.NEGATED)]


def test_a_spelling_is_matched_only_as_written() -> None:
    index = index_cues(parse_cues(["=causes\tGENERAL\tclause\tclause\tusual"]))
    assert find_events(["cause"], index, lambda _: "causes")
    assert not find_events(["cause"], index, lambda _: "cause")
    assert not find_events(["cause"], index)


def test_not_is_found_in_its_contracted_forms() -> None:
    index = index_cues([Cue(("not", "seen"), ("", ""), 1, Direction.BACKWARD, Scope.CLAUSE, 0)])
    for form in ("not", "n't", "n’t"):
        assert find_events([normalize_token(form), "seen"], index)


def test_a_cue_in_a_longer_mention_does_not_hide_the_next() -> None:
    index = index_cues(parse_cues(["no\tNEGATED\tforward\tphrase\t-"]))
    events = find_events(["no", "growth", "no"], index, mentions={0: (0, 2), 1: (0, 2)})
    assert [e.start for e in events] == [2]


def test_the_auxiliary_in_a_longer_mention_is_a_verb_without_flags() -> None:
    index = index_cues(parse_cues(["are clear\tNEGATED\tbackward\tclause\tverb"]))
    mention = dict.fromkeys(range(3), (0, 3))
    (event,) = find_events(["lung", "are", "clear"], index, mentions=mention)
    assert (event.flags, event.roles, event.direction) == (0, Role.VERB, Direction.NONE)


def test_an_infinitive_is_no_finite_verb() -> None:
    index = index_cues(parse_cues(["suggest\tINFERRED\tforward\tclause\tverb,reason"]))
    (event,) = find_events(["to", "suggest"], index)
    assert (event.flags, event.roles) == (Flag.INFERRED, Role.REASON)
