"""Answers that are implied by what a text says the case is, or calls for: "this is a case of …",
"we are left with …", "the treatment of choice is …", "… is the most likely".

They are read only where nothing else states an answer, and only where all of them name one option:
a text that says so of two of them has not decided, and no rule guesses for it. What is asked,
denied, supposed or said of other cases implies nothing. Where nothing is implied, a text may begin
with its answer ("Paroxetine, because …"), or call all options wrong but one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reward_service.completions.letters import Phrase, read_words
from reward_service.completions.options import Options, is_common
from reward_service.completions.phrases import Reading, read_phrase
from reward_service.completions.references import SET_ASIDE_VERBS, find_references
from reward_service.completions.sentences import WINDOW, sentences
from reward_service.completions.words import word_set

_LONGEST = 20_000  # characters of a text that is read; a longer one states its answer or has none
_CHARS = 200
_WORDS = 24
_CASE = (
    r"(?:case|picture|patient|presentation|question|statement|vignette|scenario|findings?|data|"
    r"symptoms?|signs?|features?|history|everything|all(?:\sof)?\s(?:this|that|these))"
)
# What the answer follows. "It is" says what the case is only at the beginning of a sentence.
_CUES = re.compile(
    r"(?:^(?:so,?\s|thus,?\s|therefore,?\s|hence,?\s|clearly,?\s)?(?:this|it|that|here\sit)\s"
    r"(?:is|seems\sto\sbe|looks\slike|must\sbe)"
    r"|\b(?:left\swith|fac(?:ing|ed\swith)|dealing\swith|confronted\swith|presented\swith)"
    r"|\b(?:describ(?:es?|ing)|diagnosis\sof|(?:typical|classic|clear|textbook)\s(?:case|picture)\sof)"
    r"|\b(?:think|thinking|suspect|speaking)\s(?:of|about)|\bus\ssuspect"
    rf"|\b(?:the|this|these|our)\s(?:\w+\s)?{_CASE}\s(?:\w+\s){{0,6}}?(?:is|are|suggests?|"
    r"indicates?|corresponds?\sto|fits?(?:\swith)?|suffers?\sfrom|has)"
    r"|\bpoints?\s(?:\w+\s)?(?:to|towards?)"
    r"|\bmost\s(?:exact|accurate|correct|likely|probable|appropriate|suitable|logical|reasonable|"
    r"complete)(?:\s\w+){0,4}?\s(?:is|would\sbe|must\sbe)"
    r"|\bof\s(?:first\s)?choice(?:\s\w+){0,4}?\s(?:is|was|would\sbe|will\sbe|should\sbe)"
    r"|\bmost\s(?:exact|accurate|correct|likely|probable)(?:\s\w+){0,4}?(?=\s?:)"
    r"|\b(?:the|this|whose|initial|its)\s(?:treatment|therapy|management|diagnosis|cause)(?:\s\w+){0,3}?\s"
    r"(?:is|would\sbe|will\sbe|should\sbe))(?!\w|\s(?:not|never|no)\b)",
    re.IGNORECASE,
)
# What the answer stands before.
_JUDGED = re.compile(
    r"\s(?:is|was|would\sbe|seems|remains)\s(?:therefore\s|thus\s|clearly\s|here\s)?(?:the\s)?"
    r"(?:(?:most|more)\s(?:likely|probable|plausible|appropriate|suitable|complete|correct|"
    r"adequate|indicated)\b(?!\s(?:to|in|for|with|among|than)\b)|"
    r"(?:\w+\s){0,2}of\s(?:first\s)?choice\b)",
    re.IGNORECASE,
)
# Between such a cue and the option's words stands nothing but this.
_LEAD = word_set(
    "case of picture typical classic classical clear clearly most likely probably probable "
    "possibly undoubtedly obviously therefore patient with for to by start give giving perform "
    "performing administer initiate begin do request order severe acute chronic mild possible "
    "probable diagnosis suspicion treatment option answer number be in as is it that very sure "
    "certainly"
)
_SUPPOSED = re.compile(
    r"\b(?:if|unless|whether|not|no|never|could|may|might|without|cannot|rule[sd]?\sout|"
    r"exclud\w+|discard\w*|less|least|other\scases?|would\shave|differential)\b|n[’']t\b",
    re.IGNORECASE,
)

_SAYS_WHY = re.compile(
    r"\s?\([^()\n]{0,200}\)\s?[.!]?\s*$|;|,?\s(?:because|since|due\sto|given)\b",
    re.IGNORECASE,
)
_HEADED = re.compile(r"answers?\W{1,3}\w{1,2}", re.IGNORECASE)  # "Answer B. …", and no "C. …"
_REACH = 40
_SET_ASIDE = re.compile(
    rf"(?<!not\s)(?<!n't\s)\b(?:rul(?:e|es|ed|ing)\sout|{SET_ASIDE_VERBS})\s(?:the\s)?"
    r"(?:(?:answers?|options?|numbers?)\s)?\(?$",
    re.IGNORECASE,
)
_IS_WRONG = re.compile(
    r"\)?,?\s(?:is|are|was|were|would\sbe|can\sbe)\s(?:(?:also|clearly|therefore|thus|all|both|"
    r"obviously|definitely)\s){0,2}"
    r"(?:incorrect|wrong|false|not\s(?:the\s)?(?:correct|true|right|valid)|ruled\sout|discarded|"
    r"excluded|eliminated)\b",
    re.IGNORECASE,
)


def read_implied(text: str, options: Options) -> Reading | None:
    """The one option that the text implies; None where it implies none, or several."""
    told = list(sentences(text, 0, len(text))) if len(text) <= _LONGEST else []
    found: list[Reading] = []
    for start, stop in told:
        if not text[start:stop].rstrip().endswith("?"):
            found += _implied(text, start, stop, options)
    if not found:
        return _opening(text, *told[0], options) or _left_over(text, options) if told else None
    if any(r.answers != found[0].answers or r.torn for r in found):
        return None
    return found[-1] if len(found[0].answers) == 1 else None


def _opening(text: str, start: int, stop: int, options: Options) -> Reading | None:
    """The option with whose words a text begins, and of which its first sentence says at most why.

    "Paroxetine is an antidepressant" is no answer, and neither is a heading, but for "Answer B."
    where no other label stands in the text.
    """
    reading = read_phrase(text, start, stop, options, head_only=True)
    if reading is None or len(reading.answers) != 1:
        return None
    if _SAYS_WHY.match(text, reading.end, stop):
        return reading
    if not _HEADED.fullmatch(text, start, reading.end):
        return None
    labels = {label for reference in find_references(text, options) for label in reference.labels}
    return reading if labels == set(reading.answers) else None


def _left_over(text: str, options: Options) -> Reading | None:
    """The option that remains where all others are called wrong by their labels."""
    wrong: set[str] = set()
    end = 0
    for reference in find_references(text, options):
        ahead = _SET_ASIDE.search(text, max(0, reference.start - _REACH), reference.start)
        if ahead is not None or _IS_WRONG.match(text, reference.end):
            wrong.update(reference.labels)
            end = reference.end
    left = options.words.keys() - wrong
    return Reading((left.pop(),), end, end) if len(left) == 1 and len(wrong) > 1 else None


def _implied(text: str, start: int, stop: int, options: Options) -> Iterator[Reading]:
    sentence = text[start:stop]
    for cue in _CUES.finditer(sentence):
        if _SUPPOSED.search(sentence, _clause(sentence, cue.start()), cue.end()):
            continue
        ahead = start + cue.end()
        phrase = read_words(text, ahead, stop, options, chars=_CHARS, words=_WORDS)
        at = _after_lead(phrase, options)
        reading = None if at is None else read_phrase(text, at, stop, options, head_only=True)
        if reading is not None:
            yield reading
    for judged in _JUDGED.finditer(sentence):
        clause = start + _clause(sentence, judged.start())
        if _SUPPOSED.search(text, clause, start + judged.end()):
            continue
        reading = read_phrase(text, clause, start + judged.start(), options, head_only=True)
        if reading is not None and not text[reading.end : start + judged.start()].strip():
            yield reading


def _clause(sentence: str, at: int) -> int:
    """Where the clause around a place begins, at most `WINDOW` characters back."""
    lowest = max(0, at - WINDOW)
    found = max(sentence.rfind(mark, lowest, at) for mark in (", ", "; ", ": ", " but ", " and "))
    return found + 1 if found >= 0 else lowest


def _after_lead(phrase: Phrase, options: Options) -> int | None:
    """Where an option's words or label begin; None if something else comes before them."""
    for i, word in enumerate(phrase.words):
        if i and any(mark in phrase.gap(i) for mark in ",;:.(\n"):
            return None
        matched = options.match(phrase.words, i)
        if matched is not None and not is_common(options.words[matched[0]]):
            return word.start
        if phrase.label(i) is not None:
            return word.start
        if word.norm not in _LEAD:
            return None
    return None
