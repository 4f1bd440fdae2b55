"""Reading an answer phrase: "C", "(C)", "B, nifedipine", "either B or C", "none of the above" …

A phrase is what follows "the answer is". It is read as a head (a letter, or an option's words)
and what is joined to it by "and", "or", commas or slashes. A letter together with the words of
another option names both.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from reward_service.completions.letters import SENTENCE_END, Phrase, read_words
from reward_service.completions.options import Options, is_common
from reward_service.completions.words import word_set

_PHRASE_CHARS = 300
_PHRASE_WORDS = 48
_SENTENCE_CHARS = 2000
_SENTENCE_WORDS = 300

# What may stand before the answer itself.
_LEAD = word_set(
    "most likely probably definitely clearly certainly obviously undoubtedly surely simply indeed "
    "therefore thus hence so then option choice answer letter number correct right best final "
    "either both be to that it is i we "
    "believe think would say conclude and finally now actually also among between of clear a as "
    "follows must choose pick select d ll < > = but in all probability likelihood"
)
_JOINERS = word_set("and or either both option choice also plus")
_ADDING = word_set("and or plus")
_VERBS = word_set(
    "is are was were be has have had do does did can could will would should may might must cause "
    "show need remain seem appear"
)
# What begins the reasons, or what is not the answer.
_CUTS = word_set(
    "because as since although though while whereas however not than rather instead unlike but "
    "given except excluding unless"
)
_SET_ASIDE_BEFORE = word_set(
    "exclude excluding excludes rule rules ruling ruled out against over versus vs without reject "
    "rejecting"
)
_SET_ASIDE_AFTER = word_set(
    "unlikely less incorrect wrong excluded ruled inappropriate contraindicated rejected"
)
_IS = word_set("is are was were seems")
_REFUSAL = re.compile(
    r"[\s\"'“‘*_:(]{0,8}(?:that\s+|there\s+is\s+|it\s+is\s+|i\s+|we\s+){0,3}"
    r"(?:none\b|neither\b|no\s+(?:correct|right|option|single|answer|choice|one\b|definit|clear)|"
    r"not\s+(?:\w{1,20}\s+){0,2}(?:clear|known|possible|given|listed|among|provided|determin|"
    r"certain|sure|available|present|here|enough)|"
    r"unknown|unclear|uncertain|undetermined|indeterminate|impossible|unable|insufficient|"
    r"(?:can|could|do|does|did)\s?(?:not|n[’']t)\b|cannot\b|can['’]t\b|don['’]t\b)",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"[\s\"'“‘*_:(]{0,8}all\s+(?:of\s+)?(?:the\s+|these\b|them\b|above)", re.IGNORECASE
)
_OPENING = "([{\"'“‘*_$:<`"


class Found(NamedTuple):
    """Answers named at one place, the index of the word after them, and whether they disagree."""

    answers: frozenset[str]
    after: int
    torn: bool = False


class Reading(NamedTuple):
    """What a phrase says: the answers in order (none: it refuses to answer), and where.

    Without options an answer is a letter or the words as they stand. `torn`: a letter stands with
    the words of another option.
    """

    answers: tuple[str, ...]
    start: int
    end: int
    torn: bool = False


def read_phrase(
    text: str, at: int, stop: int, options: Options | None, *, head_only: bool = False
) -> Reading | None:
    """Read the answer phrase text[at:stop]; None when it states no answer.

    `head_only`: the answer must come first, not somewhere in the phrase.
    """
    phrase = read_words(text, at, stop, options, chars=_PHRASE_CHARS, words=_PHRASE_WORDS)
    for i, word in enumerate(phrase.words):
        head = _item(phrase, i)
        if head is not None:
            return _with_joined(phrase, i, head)
        if word.norm not in _LEAD or (i and "\n" in phrase.gap(i)):
            break
    return None if head_only else _anywhere(phrase, at)


def read_mentions(text: str, at: int, stop: int, options: Options) -> Reading | None:
    """Every option that text[at:stop] names by its words, by "(C)" or by "option C".

    What is set aside ("unlike X", "X is less likely") and reasons ("because …") do not count.
    """
    phrase = read_words(text, at, stop, options, chars=_SENTENCE_CHARS, words=_SENTENCE_WORDS)
    return _mentions(phrase, options, phrase.stop)


def _item(phrase: Phrase, i: int) -> Found | None:
    """The answers named at word i; None if nothing is named there."""
    label = phrase.label(i)
    options = phrase.options
    counted = phrase.ordinal(i)
    if counted is not None:
        return Found(frozenset({counted}), i + 2)
    matched = options.match(phrase.words, i) if options is not None else None
    if options is None or matched is None or (label is not None and matched[1] == 1):
        if label is None:
            return None
        return _letter_with_words(phrase, label, i + 1)
    if is_common(options.words[matched[0]]) and matched[1] == 1 and not phrase.ends(i):
        return None
    return _words_with_letter(phrase, matched[0], i + matched[1])


def _letter_with_words(phrase: Phrase, label: str, i: int) -> Found:
    """A letter, and the option's words that may follow it: "B) MgSO4"."""
    alone = frozenset({label})
    options = phrase.options
    matched = options.match(phrase.words, i) if options is not None else None
    if options is None or matched is None or "\n\n" in phrase.gap(i):
        return Found(alone, i)
    other, length = matched
    if other == options.same.get(label):
        return Found(alone, i + length)
    # "C) Iron deficiency anaemia" is not "Iron", though it begins so.
    if options.shared_start(label, phrase.words, i) >= length or is_common(options.words[other]):
        return Found(alone, i)
    if SENTENCE_END.search(phrase.gap(i)) and not phrase.ends(i + length - 1):
        return Found(alone, i)
    return Found(alone | {other}, i + length, True)


def _words_with_letter(phrase: Phrase, label: str, i: int) -> Found:
    """An option's words, and the letter in brackets that may follow them: "nifedipine (B)"."""
    bracketed = phrase.label(i) if phrase.in_brackets(i) else None
    if bracketed is None:
        return Found(frozenset({label}), i)
    return Found(frozenset({label, bracketed}), i + 1, bracketed != label)


def _with_joined(phrase: Phrase, first: int, head: Found) -> Reading:
    """The head at word `first`, and everything joined to it."""
    found, i, torn = head
    while (step := _next_item(phrase, i)) is not None:
        found, i, torn = found | step.answers, step.after, torn or step.torn
    end = phrase.words[i - 1].end
    limit = phrase.sentence_end(end)
    found |= _later_letters(phrase, i, limit)
    if phrase.options is None and len(found) == 1:
        end = limit  # "C) nifedipine": the words may be what the key names
    return Reading(tuple(sorted(found)), phrase.words[first].start, end, torn)


def _next_item(phrase: Phrase, i: int) -> Found | None:
    """The answers joined on at word i: after "and", "or", a comma, a slash."""
    words = phrase.words
    k = i
    while k < len(words) and words[k].norm in _JOINERS:
        k += 1
    if k >= len(words):
        return None
    gap = phrase.text[words[i - 1].end : words[k].start]
    adding = any(word.norm in _ADDING for word in words[i:k])
    if SENTENCE_END.search(gap) or not (adding or any(c in gap for c in ",/&;+")):
        return None
    item = _item(phrase, k)
    if item is None:
        return None
    after = item.after
    if after >= len(words) or phrase.ends(after - 1):
        return item
    if words[after].norm in _VERBS:
        return None
    listed = words[after].norm in _JOINERS or phrase.after(after - 1) in ",/&;"
    lettered = phrase.label(k) is not None and phrase.after(k) in ").:]"
    return item if adding or listed or lettered else None


def _later_letters(phrase: Phrase, i: int, limit: int) -> frozenset[str]:
    """Letters joined on behind words that are no option: "A, a fracture, or B, a sprain"."""
    found: set[str] = set()
    for k in range(i, len(phrase.words)):
        word = phrase.words[k]
        if word.end > limit or word.norm in _CUTS or word.norm in _VERBS:
            break
        label = phrase.label(k) if word.raw.isupper() and len(word.raw) == 1 else None
        joined = phrase.words[k - 1].norm in _ADDING or "," in phrase.gap(k)
        if label is not None and joined and (phrase.after(k) in "),:" or phrase.ends(k)):
            found.add(label)
    return frozenset(found)


def _anywhere(phrase: Phrase, at: int) -> Reading | None:
    """Answers inside the phrase, or the refusal to answer."""
    limit = phrase.sentence_end(phrase.words[0].start if phrase.words else at)
    if phrase.options is not None and _ALL.match(phrase.text, at, phrase.stop):
        return Reading(tuple(sorted(phrase.options.words)), at, limit)
    if _REFUSAL.match(phrase.text, at, phrase.stop):
        return Reading((), at, limit)
    if phrase.options is None:
        return _free_text(phrase.text, at, limit)
    return _mentions(phrase, phrase.options, limit)


def _mentions(phrase: Phrase, options: Options, limit: int) -> Reading | None:
    words = phrase.words
    found: frozenset[str] = frozenset()
    span: tuple[int, int] | None = None
    torn = False
    i = 0
    while i < len(words) and words[i].end <= limit:
        if words[i].norm in _CUTS:
            i = _next_clause(phrase, i)
            continue
        named = _mention(phrase, options, i)
        if named is not None and not _is_set_aside(phrase, i, named.after):
            found |= named.answers
            torn = torn or named.torn
            span = (span[0] if span else words[i].start, words[named.after - 1].end)
        i = named.after if named is not None else i + 1
    return Reading(tuple(sorted(found)), *span, torn) if span else None


def _mention(phrase: Phrase, options: Options, i: int) -> Found | None:
    matched = options.match(phrase.words, i)
    if matched is not None and not is_common(options.words[matched[0]]):
        return _words_with_letter(phrase, matched[0], i + matched[1])
    label = phrase.label(i)
    called = i > 0 and phrase.words[i - 1].norm in {"option", "choice"}
    if label is None or not (called or phrase.in_brackets(i)):
        return None
    return Found(frozenset({label}), i + 1)


def _next_clause(phrase: Phrase, i: int) -> int:
    """The first word after word i that a comma or semicolon stands before."""
    k = i + 1
    while k < len(phrase.words) and not any(c in phrase.gap(k) for c in ",;"):
        k += 1
    return k


def _is_set_aside(phrase: Phrase, first: int, after: int) -> bool:
    """Whether the words around an option reject it: "excludes X", "X is not", "X is unlikely"."""
    before = phrase.words[max(0, first - 3) : first]
    while after < len(phrase.words) and (  # "options 1, 3 and 4 are ruled out"
        phrase.words[after].norm in _ADDING or phrase.label(after) is not None
    ):
        after += 1
    behind = [word.norm for word in phrase.words[after : after + 3]]
    if behind and behind[0] in _IS:
        rejected = any(norm == "not" or norm in _SET_ASIDE_AFTER for norm in behind[1:])
    else:
        rejected = bool(behind) and behind[0] in _SET_ASIDE_AFTER
    return rejected or any(word.norm in _SET_ASIDE_BEFORE for word in before)


def _free_text(text: str, at: int, limit: int) -> Reading | None:
    """Without options: the words up to the end of the sentence."""
    while at < limit and (text[at].isspace() or text[at] in _OPENING):
        at += 1
    stated = text[at:limit].rstrip().rstrip(".,;:*_\"'”’$")
    return Reading((stated,), at, at + len(stated)) if stated else None
