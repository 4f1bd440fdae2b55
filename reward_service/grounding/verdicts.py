"""What a sentence says for or against each option that it names.

A sentence is cut into clauses; a clause's predicate ("explains", "is indicated", "incorrect") is a
verdict on the options that the clause names, or on those of the clause before where it goes on
about them ("…, but it does not explain the rash"). A predicate that speaks for an option speaks
against it when it is denied ("makes no sense"), restricted ("is only used in …") or only imagined
("would have presented with …"); what follows "than" or "rather than" gets the opposite.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reward_service.text.normalize import normalize_token


class Verdicts(NamedTuple):
    """Labels that a sentence argues for, against, and of which it denies something.

    `unnamed`: its verdict (-1, 0, 1) on an option that is not named in it ("It does not fit").
    """

    backed: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()
    unnamed: int = 0

    @property
    def argue(self) -> bool:
        """Whether there is a verdict."""
        return bool(self.backed or self.against or self.unnamed)


def _norms(words: str) -> frozenset[str]:
    return frozenset(normalize_token(word) for word in words.split())


# Speak for an option by themselves, and against it when denied.
_FOR = _norms(
    "correct true valid explain explains explained fit fits fitting match matches account accounts "
    "correspond corresponds corresponding coincide coincides correlate correlates indicated "
    "appropriate adequate suitable recommended advisable compatible consistent suggestive suggest "
    "suggests suggested favor favors support supports supported logical reasonable justified "
    "plausible"
)
# Speak for an option only with "most", "more" or "very" before them, and against it when denied.
_GRADED = _norms("likely probable typical characteristic frequent common useful complete")
# Speak against an option when denied, and say nothing otherwise.
_DENIABLE = _norms(
    "necessary needed need needs required require requires possible justify justifies relevant "
    "effective acceptable enough sufficient help helps solve solves sense indication meet meets "
    "fulfill fulfills right answer diagnosis cause choice treatment useful likely probable typical "
    "agree agrees point points accordance accord considered contemplated performed done used "
    "reason improve improves confirm confirms allow allows provide provides"
)
_AGAINST = _norms(
    "incorrect wrong false untrue unlikely improbable implausible impossible contraindicated "
    "unnecessary inappropriate inadequate insufficient excluded discarded eliminated dismissed "
    "rejected discard discards discarding exclude excludes excluding eliminate eliminates dismiss "
    "dismisses reject rejects meaningless useless obsolete absurd outdated irrelevant excessive "
    "incompatible inconsistent reserved unjustified counterproductive harmful ignored ignore "
    "disregarded disregard incomplete questionable rare rarer uncommon exceptional"
)
_NEGATORS = _norms("not no never neither nor without hardly barely nothing none cannot nowhere")
_POSTPOSED = _norms("compatible consistent suggestive typical characteristic indicative")
_MAYBE = _norms("may might")
_OF_VERBS = frozenset({"not", "never"})
_DENIES = frozenset({"not", "never", "nothing", "neither", "nor"})
# Behind "not" and "without" they deny a relation: "besides not explaining the rash".
_RELATING = _norms(
    "explaining accounting justifying causing producing covering treating including affecting "
    "presenting matching fitting involving improving relieving"
)
_NO_DENIAL = (["only"], ["rule"])  # after "not"
_CONCEDES = _norms("although though while whereas")
_PRONOUNS = frozenset({"it", "this", "that", "which", "these", "they"})
_PATIENT = _norms("she he patient there her his we i who man woman boy girl child")
_MORE = _norms("most more very highly quite much")
_LESS = _norms("less least")
_DUTY = _norms("to should must need needs important first essential mandatory advisable")
_CAN = _norms("can could let allow allows us able permit permits lets")
_RULE = _norms("rule rules ruled ruling")
_RULED = _norms("rule rules ruled")
_JOINS = _norms(
    "but because since although though while whereas which so however therefore thus hence as if"
)
_MARKS = frozenset({",", ";", ":", "(", ")", "[", "]", "–", "—", "?"})
_TURNS = _norms("than unlike versus vs instead")
_GOES_ON = _norms(
    "it this that they these those which who one he she is are was were does do did has have had "
    "would could can may might will should not no never also only but and so therefore because "
    "since although though thus hence being nor or"
)
_BETWEEN = _norms(
    "a an the of be been is are was any to evidence sign signs data seem seems think due caused "
    "suspect suspects consider with suggestive suggest symptom symptoms indication case picture "
    "clinical features for typical compatible consistent treatment with support finding findings"
)
_IMAGINE = frozenset({"would", "should"})
_IMAGINED = _norms(
    "have give cause produce present show appear come bring lead expect expected accompany "
    "accompanied"
)
_LINES = (["line"], ["choice"], ["resort"], ["option"])
# Verbs that an absence can be the subject of: "not having a fever suggests …".
_LEADS = _norms(
    "explain explains fit fits match matches account accounts correspond corresponds coincide "
    "coincides correlate correlates suggest suggests favor favors support supports"
)
_COPULAS = _norms("is are was were be been seem seems make makes")
_MODIFIES = frozenset({"to", "that", "which"})
_DETERMINERS = _norms("a an any the much")
_REACH = 4
_SHORT = 2
_CUTS = _MARKS | _JOINS
_SECOND = frozenset({"second", "third", "last"})
# No verdict is read from a clause without a predicate, and none about an option that a sentence
# names where it has no negator either.
_PREDICATES = (
    _FOR | _GRADED | _DENIABLE | _AGAINST | _RULE | _SECOND | _IMAGINE | {"against", "be", "out"}
)
_CUES = _PREDICATES | _NEGATORS
_CARRIES_ON = _GOES_ON | _AGAINST | _FOR | _RULED | _LESS
_NOT_OPENING = _JOINS - {"which"}
_NO_VERDICTS = Verdicts()


class _Clause(NamedTuple):
    """A clause first:last, and the options it is about, as (place, label).

    `named`: it names them itself, and does not only go on about those of the clause before.
    """

    first: int
    last: int
    about: list[tuple[int, str]]
    named: bool


def read_verdicts(norms: Sequence[str], named: Iterable[tuple[int, str]]) -> Verdicts:
    """The verdicts of a sentence with these normal forms.

    `named`: (place in `norms`, label) of everything that names an option. What a clause with "but"
    says goes before the rest, and what one with "although" says goes after it.
    """
    by_place = sorted(named)
    if (_CUES if by_place else _PREDICATES).isdisjoint(norms):
        return _NO_VERDICTS
    told: dict[str, dict[int, set[int]]] = {}
    doubted: set[str] = set()
    unnamed = 0
    ahead = 0  # "False: option C"
    for clause in _about(norms, by_place):
        first, last = clause.first, clause.last
        sign = _verdict(norms, first, last) or ahead
        ahead = sign if not clause.about and last - first <= _SHORT else 0
        if not clause.about:
            unnamed = unnamed or sign
            continue
        turn = norms[first] == "but" or norms[first - 1 : first] == ["but"]
        weight = 2 if turn else 0 if norms[first] in _CONCEDES else 1
        for at, label in clause.about:
            of_it = sign
            if clause.named and _is_denied(norms, first, at):
                of_it = -1
            elif clause.named and _is_turned(norms, first, at):
                of_it = -sign
            elif not sign and _negator(norms, at if clause.named else first, last) is not None:
                doubted.add(label)
                of_it = -1 if turn and not clause.named and label in told else 0
            if of_it:
                told.setdefault(label, {}).setdefault(weight, set()).add(of_it)
    signs = {label: found[max(found)] for label, found in told.items()}
    return Verdicts(
        frozenset(label for label, sign in signs.items() if 1 in sign),
        frozenset(label for label, sign in signs.items() if -1 in sign),
        frozenset(doubted),
        unnamed,
    )


def denied_relations(
    norms: Sequence[str], named: Iterable[tuple[int, str]]
) -> list[tuple[int, int]]:
    """Ranges of `norms` in which it is denied that something goes with an option, not that it is
    there: "A does not include *a rash*", "A explains the fever but not *the rash*".

    Where the patient is the subject, or it says "there is", what is denied is the thing itself.
    """
    if _NEGATORS.isdisjoint(norms):
        return []
    ranges = [
        (i, last)
        for first, last in _clauses(norms)
        for i in range(first, last - 1)
        if norms[i] in _NEGATORS and norms[i + 1] in _RELATING
    ]
    if _DENIES.isdisjoint(norms):
        return ranges
    for clause in _about(norms, sorted(named)):
        at = _negator(norms, clause.first, clause.last)
        if not clause.about or at is None or not _PATIENT.isdisjoint(norms[clause.first : at]):
            continue
        if clause.named:
            before = any(place < at for place, _ in clause.about)
            ranges.append((at if before else clause.first, clause.last))
        elif at <= clause.first + 1 or not _PRONOUNS.isdisjoint(norms[clause.first : at]):
            ranges.append((at, clause.last))
    return ranges


def _about(norms: Sequence[str], by_place: Sequence[tuple[int, str]]) -> Iterator[_Clause]:
    """The clauses that are about options, or about one that the sentence does not name."""
    current: list[tuple[int, str]] = []
    heads = False  # "Option B: …"
    for first, last in _clauses(norms):
        here = [(at, label) for at, label in by_place if first <= at < last]
        if here or heads or _goes_on(norms, first, last):
            yield _Clause(first, last, here or current, bool(here))
            current = here or current
        heads = bool(here) and last - first <= _REACH and norms[last : last + 1] == [":"]


def _clauses(norms: Sequence[str]) -> list[tuple[int, int]]:
    clauses: list[tuple[int, int]] = []
    first = 0
    for i in [i for i, norm in enumerate(norms) if norm in _CUTS]:
        if i > first:
            clauses.append((first, i))
        first = i + 1 if norms[i] in _MARKS else i
    if first < len(norms):
        clauses.append((first, len(norms)))
    return clauses


def _goes_on(norms: Sequence[str], first: int, last: int) -> bool:
    """Whether a clause without an option still speaks of the one before: "… but it does not"."""
    while first < last and norms[first] in _NOT_OPENING:
        first += 1
    return first < last and norms[first] in _CARRIES_ON


def _verdict(norms: Sequence[str], first: int, last: int) -> int:
    """The clause's verdict: -1, 0 or 1. The first predicate that has one decides."""
    for i in range(first, last):
        norm = norms[i]
        if norm not in _PREDICATES:
            continue
        far = norm in _POSTPOSED or norms[i - 1 : i] == ["to"]  # "no lesions to suggest …"
        reach = 2 * _REACH if far else _REACH
        before = norms[max(first, i - reach) : i]
        negated = not _NEGATORS.isdisjoint(before) and _is_negated(norms, first, i, reach)
        if norm in _AGAINST or _sets_aside(norms, i):
            return 0 if negated else -1
        if norm in _RULE and norms[i + 1 : i + 2] == ["out"]:
            return _ruling_out(norms, first, i, negated)
        graded = norm in _GRADED
        alone = norm == "be" and i + 1 == last  # "it cannot be, because …"
        if norm in _FOR or norm in _DENIABLE or graded or alone:
            if negated or not _LESS.isdisjoint(before[-2:]) or _is_restricted(norms, first, i):
                return -1
            if not _MAYBE.isdisjoint(before):
                return 0
        if norm in _FOR or (graded and not _MORE.isdisjoint(before[-2:])):
            return 1
        if norm in _IMAGINE and _imagines(norms, i, last):
            return -1
    return 0


def _is_negated(norms: Sequence[str], first: int, at: int, reach: int) -> bool:
    """Whether a negation shortly before the predicate at `at` denies it, and not its subject."""
    return any(
        norms[k] in _NEGATORS and not (_is_of_subject(norms, first, k) and _leads(norms, k, at))
        for k in range(max(first, at - reach), at)
    )


def _is_of_subject(norms: Sequence[str], first: int, at: int) -> bool:
    """Whether a negation belongs to what something follows from: "without a fever", "not having a
    fever", "the fact that there is no fever"."""
    before = norms[first:at]
    if norms[at] == "without" or before[-1:] == ["having"]:
        return True
    if norms[at] in _OF_VERBS and norms[at + 1].endswith("ing"):
        return _COPULAS.isdisjoint(before[-1:])
    told = before[before.index("that") :] if "that" in before[:3] else []
    subject = before[:1] == ["that"] or "fact" in before
    return subject and len(told) > 2 and not _PATIENT.isdisjoint(told[1:2])


def _leads(norms: Sequence[str], at: int, predicate: int) -> bool:
    """Whether a predicate is that of the sentence, behind a subject with a negation at `at`."""
    between = norms[at + 1 : predicate]
    if not _MODIFIES.isdisjoint(between) or len(between) <= (norms[at] in _OF_VERBS):
        return False
    leads = norms[predicate] in _LEADS and between[-1] not in _DETERMINERS
    return leads or not _COPULAS.isdisjoint(between)


def _sets_aside(norms: Sequence[str], at: int) -> bool:
    """ "Is second choice", "is out", but not "is out of bed"."""
    norm, after = norms[at], norms[at + 1 : at + 2]
    if norm == "out":
        return not _COPULAS.isdisjoint(norms[at - 1 : at]) and after != ["of"]
    return norm == "against" or (norm in _SECOND and after in _LINES)


def _is_restricted(norms: Sequence[str], first: int, at: int) -> bool:
    """Whether "only" limits the predicate: "is only used in", "indicated only if"."""
    around = range(max(first + 1, at - 3), min(len(norms), at + 3))
    return any(norms[i] == "only" and norms[i - 1] not in {"the", "not"} for i in around)


def _ruling_out(norms: Sequence[str], first: int, at: int, negated: bool) -> int:
    """ "We can rule out" speaks against; "to rule out", "must be ruled out" set a task."""
    before = norms[max(first, at - _REACH) : at]
    if negated:
        return 0
    if not _DUTY.isdisjoint(before) and _CAN.isdisjoint(before):
        return 0
    return -1


def _imagines(norms: Sequence[str], at: int, last: int) -> bool:
    """Whether "would" at this place tells what another case would show, or "there should be"."""
    if norms[at - 1 : at] == ["there"]:
        return norms[at + 1 : at + 2] == ["be"] and norms[at + 2 : at + 3] != ["no"]
    if norms[at] != "would":
        return False
    after = norms[at + 1 : min(last, at + _REACH)]
    if "be" in after and norms[last : last + 1] == ["if"]:
        return True
    return not _IMAGINED.isdisjoint(after) and not (_FOR | _GRADED).intersection(norms[at:last])


def _is_denied(norms: Sequence[str], first: int, at: int) -> bool:
    """Whether a negation stands right before an option: "it is not an X", "no data of X"."""
    for i in range(at - 1, max(first, at - 2 - _REACH) - 1, -1):
        if norms[i] in _NEGATORS:
            return norms[i + 1 : i + 2] != ["only"]
        if norms[i] not in _BETWEEN:
            return False
    return False


def _negator(norms: Sequence[str], first: int, last: int) -> int | None:
    """The place of a "not" that denies a predicate in norms[first:last]; None if there is none."""
    for i in range(first, last):
        if norms[i] in _DENIES and norms[i + 1 : i + 2] not in _NO_DENIAL:
            return i
    return None


def _is_turned(norms: Sequence[str], first: int, at: int) -> bool:
    turns = [i for i in range(first, at) if norms[i] in _TURNS]
    return bool(turns) and norms[turns[-1] - 1] != "other"
