"""Statements about someone else: "her mother had asthma", "a brother with epilepsy".

A relative counts only as the subject of a statement. Relatives who bring, accompany or speak for
the patient ("his mother says that he …", "brought by his mother") leave it the patient's.
"""

from __future__ import annotations

from collections.abc import Sequence

from reward_service.analysis.clauses import is_adverb
from reward_service.analysis.cues import Event, Role
from reward_service.analysis.parsed import Parsed, Span
from reward_service.text.document import Flag

_VERB = int(Role.VERB)
_JOIN = int(Role.JOIN)
_KIN = int(Role.KIN)
_REPORT = int(Role.REPORT)
_BREAK = int(Role.BREAK)
_RELATIVE = int(Role.RELATIVE)
_NEGATED = int(Flag.NEGATED)

_GAP = 4  # words between a relative and its verb: "the mother of the patient has"
_PHRASE = 6  # words of "her 18-year-old sister" before "sister"
_REPORT_WINDOW = 4  # words after the verb in which "has noticed", "is very worried" show
_ABOUT = 6  # words after "feels" or "is worried" in which "that he …" shows
_LONG_GAP = 10  # … with "living in another village" between them
_DESCRIBED = frozenset({"living", "staying", "residing", "aged", "born"})
_POSSESSIVES = frozenset(
    {"his", "her", "their", "the", "a", "an", "my", "our", "your", "patient", "boy", "girl",
     "child"}
)  # fmt: skip
_DESCRIBING = _POSSESSIVES | {"older", "younger", "elder", "old", "year", "maternal", "paternal"}
_NOT_SUBJECT = frozenset({"by", "from", "with", "to", "per", "of", "than", "for"})
_BEFALL = frozenset(
    {"affect", "trouble", "afflict", "concern", "bother", "plague", "strike", "hit", "struck"}
    | {"affected", "troubled", "afflicted", "bothered", "plagued", "befell"}
)
# Verbs of having an illness that are no cues, since they begin no clause of their own.
_HAVING = frozenset(
    {"got", "get", "caught", "catch", "contracted", "fought", "fight", "endured", "endure"}
    | {"complained", "complain", "battle", "nursed", "carried", "carry", "live", "deal", "dealt"}
)
_ELSEWHERE = frozenset({"in", "for", "among"})  # "in his father, fever was found"
_APPOSITION = 6  # words of ", aged 12," between a relative and its verb
_ILLNESS = frozenset({"problem", "trouble", "illness", "complaint", "disease", "diagnosis"})
_COPULAS = frozenset({"is", "was", "are", "were"})
_OWN = frozenset({"his", "her", "their", "patient"})  # "hers" is "her" in normal form
_COMPANIONS = frozenset({"he", "she", "they", "patient"})
# What shows that a relative speaks of the patient, or tends the patient: names of the patient, and
# words that begin what is said: "his mother feels that he …", "his wife gives him …".
_ABOUT_PATIENT = frozenset(
    {"he", "she", "him", "they", "them", "patient", "child", "baby", "infant", "boy", "girl", "son"}
    | {"daughter", "that", "about", "of", "if", "whether"}
)
# What relatives feel themselves, unless they say of whom: "his mother feels sick", "is worried".
_FEELING = frozenset({"feel", "felt", "worried", "anxious", "concerned", "want"})
_TENDING = frozenset(
    {"feed", "breastfeed", "treat", "applies", "apply", "administer", "use", "stop", "start"}
    | {"hold", "help", "care", "carry", "put", "offer", "prepare", "take", "keep", "refuse"}
    | {"decline"}
)


def family_spans(parsed: Parsed) -> list[Span]:
    """Word ranges that are about a relative or another person, in order."""
    spans: list[Span] = []
    done = 0
    for k, event in enumerate(parsed.events):
        if event.roles & _KIN and event.start >= done:
            span = _family_span(parsed, k)
            if span is not None:
                spans.append(span)
                done = span[1]
    return spans


def _family_span(parsed: Parsed, k: int) -> Span | None:
    words, events = parsed.words, parsed.events
    start, end = events[k].start, events[k].end
    clause = parsed.clauses[parsed.clause_of[k]]
    before = _word_before_phrase(parsed, start)
    if start >= 4 and words[start - 1] == "old" and words[start - 4] in ("a", "an"):
        return None  # "a 24-year-old mother" is the patient
    following = words[end] if end < parsed.last else ""
    if before in _ELSEWHERE and following in (",", "there") and words[clause.start] == before:
        at = parsed.clause_of[k] + (following == ",")
        return start, parsed.clauses[min(at, len(parsed.clauses) - 1)].end
    if before == "in" and start and (words[start - 1] in _DESCRIBING or words[start - 1] == "in"):
        return clause.start, end  # "asthma in his father"
    if before in _BEFALL or (before in ("is", "was") and following in _ILLNESS):
        return clause.start, end  # "asthma affects his father", "asthma is his father's problem"
    if before == "but" and _is_set_against_patient(parsed, start):
        return _start_before(parsed, k), end  # "the fever is not hers but her mother's"
    if before == "what" or (before in ("that", "something") and "something" in words[:start]):
        return _start_before(parsed, k), _end(parsed, k)  # "fever is what his mother has"
    if following == "that" and words[start] == "it":
        at = min(parsed.clause_of[k] + 1, len(parsed.clauses) - 1)
        return start, parsed.clauses[at].end  # "it is her sister that suffers from …"
    if following in ("who", "whose", ",") and _relative_follows(parsed, k):
        return start, _end(parsed, k)
    if following == "with" and before != "by":
        return start, _end(parsed, k)
    if before in _NOT_SUBJECT or _is_companion(parsed, start):
        return None
    if following in _HAVING:
        return start, _end(parsed, k)
    verb = _subject_verb(parsed, k)
    if verb is None and _does_something(parsed, k):
        return start, _end(parsed, k)
    if verb is None or (_reports(parsed, verb) and not _is_of_her_pregnancy(parsed, verb)):
        return None
    return start, _end(parsed, k)


def _word_before_phrase(parsed: Parsed, start: int) -> str:
    """The word before "his mother", "the girl's mother", "an older brother"; "" at the start."""
    i = start - 1
    first = parsed.clauses[0].start
    for _ in range(_PHRASE):
        if i >= first and (parsed.words[i] in _DESCRIBING or parsed.words[i].isdigit()):
            i -= 1
    return parsed.words[i] if i >= first else ""


def _is_set_against_patient(parsed: Parsed, start: int) -> bool:
    """Whether "not hers but" precedes the relative at `start`."""
    before = parsed.words[max(0, start - _PHRASE) : start]
    at = before.index("not") if "not" in before else 0
    return at > 0 and before[at - 1] in _COPULAS and not _OWN.isdisjoint(before[at : at + 3])


def _start_before(parsed: Parsed, k: int) -> int:
    """Start of the clause before that of event `k`, which its own says more about."""
    return parsed.clauses[max(0, parsed.clause_of[k] - 1)].start


def _is_companion(parsed: Parsed, start: int) -> bool:
    """ "She and her husband have …" is about the patient too."""
    words = parsed.words
    i = start - 1
    if i >= 1 and words[i] in _POSSESSIVES:
        i -= 1
    return i >= 1 and words[i] == "and" and words[i - 1] in _COMPANIONS


def _relative_follows(parsed: Parsed, k: int) -> bool:
    after = parsed.events[k + 1 : k + 3]
    at = parsed.events[k].end
    for event in after:
        if event.start != at:
            return False
        if event.roles & _RELATIVE:
            return not any(
                e.roles & _REPORT for e in parsed.events[k + 2 :] if e.start < event.end + 3
            )
        at = event.end
    return False


def _subject_verb(parsed: Parsed, k: int) -> int | None:
    """The event of the finite verb whose subject is the relative at `k`."""
    events = parsed.events
    reached = events[k].end
    described = reached < parsed.last and parsed.words[reached] in _DESCRIBED
    gap = _LONG_GAP if described else _GAP
    for j in range(k + 1, len(events)):
        event = events[j]
        if event.roles & _KIN:  # "his mother and sister have"
            reached = event.end
        elif event.roles & _JOIN and (after := _after_apposition(parsed, j)) is not None:
            reached = after
        elif event.start < reached:
            continue
        elif event.start - reached > gap or event.roles & _BREAK:
            return None
        elif event.roles & (_VERB | _REPORT):
            return j
        elif event.roles & _JOIN and not _kin_follows(events, j):
            return None
    return None


def _after_apposition(parsed: Parsed, j: int) -> int | None:
    """Where ", aged 12," ends that the comma at event `j` opens, if a verb follows at once."""
    events, words = parsed.events, parsed.words
    first = events[j].end
    if words[events[j].start] != ",":
        return None
    for event in events[j + 1 :]:
        if event.start - first > _APPOSITION or event.roles & _VERB:
            return None
        if words[event.start] == ",":
            verbs = (e for e in events if e.start == event.end and e.roles & _VERB)
            return event.end if any(verbs) else None
    return None


def _kin_follows(events: Sequence[Event], j: int) -> bool:
    end = events[j].end
    return any(e.roles & _KIN and e.start - end <= 2 for e in events[j + 1 : j + 4])


def _does_something(parsed: Parsed, k: int) -> bool:
    """Whether a verb in the present tense that no cue knows follows: "his father drinks alcohol".

    Not so where the patient is named behind it, or where it tells of care: "his wife feeds him".
    """
    words, place = parsed.words, parsed.place
    at = parsed.events[k].end
    if at < parsed.last and is_adverb(words[at]):
        at += 1
    if at >= parsed.last or place[at] - place[at - 1] > 1:  # "his mother's"
        return False
    spelled = parsed.spelled(at)
    if words[at] != "can" and (spelled == words[at] or not spelled.endswith("s")):
        return False
    rest = words[at + 1 : parsed.clauses[parsed.clause_of[k]].end]
    return words[at] not in _TENDING and _ABOUT_PATIENT.isdisjoint(rest)


def _reports(parsed: Parsed, verb: int) -> bool:
    """Whether the verb at `verb` tells what someone did or said about the patient."""
    events = parsed.events
    limit = events[verb].end + _REPORT_WINDOW
    telling = [e for e in events[verb:] if e is events[verb] or e.end <= limit]
    return any(e.roles & _REPORT and not _is_own_feeling(parsed, e) for e in telling)


def _is_own_feeling(parsed: Parsed, event: Event) -> bool:
    """Whether a relative feels something, and not about the patient: "his mother feels sick"."""
    ahead = parsed.words[event.end : min(event.end + _ABOUT, parsed.last)]
    return parsed.words[event.start] in _FEELING and _ABOUT_PATIENT.isdisjoint(ahead)


def _is_of_her_pregnancy(parsed: Parsed, verb: int) -> bool:
    """Whether a mother reports on herself: "denies any infection during her pregnancy"."""
    end = parsed.clauses[parsed.clause_of[verb]].end
    rest = parsed.words[parsed.events[verb].end : end]
    return any(
        word in ("during", "throughout") and "pregnancy" in rest[i + 1 : i + 4]
        for i, word in enumerate(rest)
    )


def _end(parsed: Parsed, k: int) -> int:
    """End of the statement that begins with event `k`: clauses with its subject belong to it."""
    at = parsed.clause_of[k]
    clauses = parsed.clauses
    while at + 1 < len(clauses) and (clauses[at + 1].shared or clauses[at + 1].opener & _RELATIVE):
        at += 1
    return clauses[at].end
