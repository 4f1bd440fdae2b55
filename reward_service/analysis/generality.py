"""Medical knowledge as against this patient: "measles typically causes rash".

The unit is the clause. A clause that names the patient is about the patient, unless a strong cue
("… is typical of measles") turns the rest of it into knowledge.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from reward_service.analysis.clauses import DETERMINERS, Clause
from reward_service.analysis.cues import Role, Scope
from reward_service.analysis.parsed import Parsed
from reward_service.analysis.scopes import forward
from reward_service.text.document import Anchor, Flag

_GENERAL = int(Flag.GENERAL)
_INFERRED = int(Flag.INFERRED)
_R_GENERAL = int(Role.GENERAL)
_USUAL = int(Role.USUAL)
_DEFINITION = int(Role.DEFINITION)
_RELATION = int(Role.RELATION)
_TOPIC = int(Role.TOPIC)
_ANCHOR = int(Role.ANCHOR)
_BREAK = int(Role.BREAK)
_JOIN = int(Role.JOIN)
_FRAME = int(Role.FRAME)
_RELATIVE = int(Role.RELATIVE)
_PERSONS = frozenset(
    {"patient", "child", "infant", "newborn", "neonate", "baby", "boy", "girl", "man", "woman"}
)
STRONG = _R_GENERAL  # the only knowledge in a narrative
KNOWLEDGE = _R_GENERAL | _USUAL | _DEFINITION | _RELATION
_ARGUMENT = int(Role.REASON | Role.SUPPORT | Role.REJECTION | Role.EVIDENCE)


def anchor_of(roles: int, general: bool) -> Anchor:
    """The anchor of a sentence whose cues have `roles` together."""
    if roles & _ANCHOR:
        return Anchor.PATIENT
    if general:
        return Anchor.GENERAL
    return Anchor.EVIDENCE if roles & _ARGUMENT else Anchor.NONE


def mark_general(parsed: Parsed, flags: list[int], *, narrative: bool) -> bool:
    """Put `GENERAL` (and `INFERRED` for relations) into `flags`; whether anything is general."""
    roles_of = [0] * len(parsed.clauses)
    flags_of = [0] * len(parsed.clauses)
    clause_of = parsed.clause_of
    for (_, _, roles, bits, _, _), at in zip(parsed.events, clause_of, strict=True):
        roles_of[at] |= roles
        flags_of[at] |= bits
    any_general = carried = anchored = False
    patient_before = False  # the clause before tells of the patient and concludes nothing
    for at, clause in enumerate(parsed.clauses):
        roles = roles_of[at]
        anchored = bool(roles & _ANCHOR) or (clause.shared and anchored)
        start = None
        if carried or roles & KNOWLEDGE:
            about_patient = anchored or bool(clause.opener & _RELATIVE and patient_before)
            members = range(bisect_left(clause_of, at), bisect_right(clause_of, at))
            definite = _is_definite(parsed, clause, members)
            if roles & KNOWLEDGE:
                start = _knowledge(
                    parsed, clause, members, flags, about_patient, definite, narrative
                )
            if start is None and carried and not anchored and _follows_on(clause, definite):
                start = clause.start
        carried = start is not None
        any_general |= carried
        if start is not None:
            for i in range(start, clause.end):
                flags[i] |= _GENERAL
        patient_before = anchored and not flags_of[at] & _INFERRED and not carried
    return any_general


def _knowledge(
    parsed: Parsed,
    clause: Clause,
    members: range,
    flags: list[int],
    about_patient: bool,
    definite: bool,
    narrative: bool,
) -> int | None:
    """The word from which on `clause` states knowledge; None if it states none.

    Puts `INFERRED` into `flags` where a relation concludes something about the patient.
    """
    concluded = False
    for k in members:
        event = parsed.events[k]
        if event.roles & _R_GENERAL:
            return event.start if about_patient or concluded else clause.start
        if narrative or concluded or not event.roles & KNOWLEDGE:
            concluded = concluded or bool(event.flags & _INFERRED)
        elif event.roles & _RELATION and (about_patient or definite):
            for i in range(*forward(parsed, k, Scope.CLAUSE)):
                flags[i] |= _INFERRED
        elif not about_patient and (event.roles & (_USUAL | _RELATION) or not definite):
            return clause.start
    return None


def _is_definite(parsed: Parsed, clause: Clause, members: range) -> bool:
    """Whether the clause's subject is a definite thing ("the rash"), not a kind ("malaria")."""
    first = clause.start
    for k in members:
        event = parsed.events[k]
        if event.roles & _TOPIC:
            return False
        if event.start == first and event.roles & (_BREAK | _JOIN | _FRAME):
            first = event.end
    if first >= clause.end:
        return False
    return parsed.words[first] in DETERMINERS or _is_note(parsed, first, members)


def _is_note(parsed: Parsed, first: int, members: range) -> bool:
    """Whether a verb follows a person without an article: "Patient presents with …" is a note on
    this one, and knowledge speaks of "patients" or of "a patient"."""
    if parsed.words[first] not in _PERSONS or parsed.spelled(first) not in _PERSONS:
        return False
    return any(parsed.events[k].start == first + 1 for k in members)


def _follows_on(clause: Clause, definite: bool) -> bool:
    """Whether knowledge goes on from the clause before into this one."""
    return clause.shared or bool(clause.opener & _RELATIVE) or not (clause.opener or definite)
