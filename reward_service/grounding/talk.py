"""Talk about the text itself: "It is important to note that …", "Let us take this in order."

Such words say nothing of the case, the options or medicine. They are blanked out before a
completion is read, so that what they introduce is read as if it stood alone, and sentences that
they part are neighbours. Two forms are found, both from the start of a sentence:

- an *opening*: words of `GLUE` and `TALK` alone, up to "that" where they make a clause ("one should
  bear in mind that"), up to a comma where they make none ("to put it differently,");
- an *empty sentence*: nothing but such words.

None of these words bears on what follows: no doubt ("it is possible that"), no source ("it is
reported that"), no reason ("given that"), no person, and no denial but of forgetting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GLUE = _words(
    """
    a all also am among an and another any are as at be been before being both but by can come
    comes coming do does done each else ever every everything few for from get gets getting give
    gives go goes going gone had has have having here how i in into is it its itself just kind let
    let's lets like made make makes making many may me more most much must my need needed needs now
    of off on once one onto or other others ought our ourselves out over own please put puts
    putting quite rather really same shall should so some something sort still such take taken
    takes taking that the them then there these they this those through to together towards under
    up upon us use used useful using very want wants was way we well were what which will wish with
    within would you your
    """
)
"""Words of any English sentence that neither deny, argue, nor speak of a person."""

TALK = _words(
    """
    above again ahead aim aloud already alright always answer answering approach aside attention
    aware basically bears begin beginning begins below borne brief briefly bring bringing brings
    broadly calm calmly candidly careful carefully caution check checked checking clarify clarity
    clear clearly close closely closer complete completely completeness continue continues
    continuing convenience course crucial deal deep deeper deserve deserves detail detailed details
    differently direct directly discuss discussed discussion dive doubt earlier emphasis emphasize
    emphasized end equally especially essential essentially evident evidently exactly explicit
    explicitly fact fair fairly finally first firstly focus follows forget forgetting forgotten
    forward frankly fully further furthermore glance happens helpful helps highlight highlighted
    hold honest honestly idea ignored importance important importantly incidentally indeed
    initially interest interesting interestingly introduction issue issues jump keep keeping keeps
    kept key last lastly later least leaving length line lines linger little look looked looking
    looks mark matters meantime mention mentioned mentioning mentions methodical mind minds moment
    move moves moving namely natural necessary needless neglected next notable notably note noted
    noteworthy notice noting obvious obviously omitted onward onwards open opening order orderly
    organize outset overall overlook overlooked paragraph part particularly parts passage pause
    pays perspective piece pieces plain plainly point pointed pointing points precise precisely
    previous previously proceed proceeding proceeds progress quick quickly read reader readers
    reading recall recap reflect reflecting reflection remain remaining remains remember remembered
    remembering remind repeat repeated repeating rest return returning review rough roughly rush
    said sake say saying second secondly section see seen sense sentence separately short shortly
    simple simplicity simply slow slowly speaking spell spelled stage start started starting starts
    stated step steps stop straight stressed strictly structured subject sum summarize
    summary systematic systematically talk talking task tell telling thing things think thinking
    third thorough thoroughly thought thoughts topic true truth turn turning turns twice understand
    understood view way ways word wording words worth worthwhile worthy write writing written
    """
)
"""Words about thinking, writing and reading, about the order of a text and what counts in it."""

_SUBJECTS = _words("a another i it let let's one our please the there these this we what you")
_JOINS = _words("again also and further here next now or second so then")
_ORDERS = _words("bear keep mark mind note notice recall remember stress")
_VERBS = _ORDERS | _words(
    """am are be been bears can do does goes has have helps is let let's like may must need needs
    ought pays shall should want was were will wish would"""
)
_SAID = _words("add admit emphasize mention mentioned repeat said say see stress stressed")
_DENIALS = _words("cannot don't never no not nothing without")
_NOT_DENIED = _words("forget forgotten ignored neglected omitted overlook overlooked saying doubt")
_OPENING = GLUE | TALK | _ORDERS
_HARMLESS = _OPENING | _DENIALS
_LETTERS = frozenset("ABCDEFGHJ")

_ITEM = r"(?:[-*•·>]|\(?\d{1,2}[.)])"
_START = re.compile(
    rf"[\n.!?…](?:(?<=\n)|[\"”’')\]]{{0,2}}[ \t]+(?=[A-Z]))[ \t]*(?:{_ITEM}[ \t]+)?"
)
_BEGIN = re.compile(rf"\s*(?:{_ITEM}[ \t]+)?")
_WORD = re.compile(r"[A-Za-z]+(?:[’'][A-Za-z]+)*")
_BLOCK = rf"\n[ \t]*(?:\n|{_ITEM}|[#|<A-Z])"  # where a new line is no wrapped one
_GAP = re.compile(rf"-(?=\w)|[ \t]*(?:(?!{_BLOCK})\n[ \t]*)?")
_STOP = re.compile(rf"[.!?…]+[\"”’')\]]{{0,2}}(?=\s|\Z)|(?={_BLOCK}|\Z)")
_PAUSE = re.compile(r"[,;]|:(?=[ \t]+\S)|[ \t][-–—](?=[ \t])")
_MAX_WORDS = 40


def without_talk(text: str) -> str:
    """`text` with talk blanked out: as long as before, so that offsets stay. Linear time.

    What follows an opening begins with a capital, as a sentence does.
    """
    parts: list[str] = []
    done = 0
    for start, end in _talk(text):
        parts += [text[done:start], " " * (end - start)]
        done = end
        if text[end : end + 1].isascii():
            parts.append(text[end : end + 1].upper())
            done += 1
    return "".join([*parts, text[done:]])


def _talk(text: str) -> Iterator[tuple[int, int]]:
    """The ranges of talk in order."""
    done = 0
    for match in chain(islice(_BEGIN.finditer(text), 1), _START.finditer(text)):
        start = match.end()
        end = _talk_until(text, start) if start >= done else start
        if end > start:
            yield start, end
            done = end


def _talk_until(text: str, start: int) -> int:
    """Where the talk that begins at `start` ends; `start` itself where there is none."""
    at = cut = start
    words: list[str] = []
    opening = 0  # the first word after the last cut
    for _ in range(_MAX_WORDS):
        match = _WORD.match(text, at)
        word = match.group().lower().replace("’", "'") if match else ""
        if match is None or word not in _HARMLESS or (words and match.group() in _LETTERS):
            return cut
        words.append(word)
        at = match.end()
        if stop := _STOP.match(text, at):
            return stop.end() if _is_opening(words[opening:]) else cut
        pause = _PAUSE.match(text, at)
        at = pause.end() if pause else at
        if gap := _GAP.match(text, at):
            at = gap.end()
        said = words[opening:]
        if _is_clause(said) if word == "that" else pause and _is_phrase(said):
            cut, opening = at, len(words)
    return cut


def _is_clause(words: Sequence[str]) -> bool:
    """Whether words up to "that" are a clause about what to keep in mind."""
    first = words[1] if words[0] in _JOINS and len(words) > 1 else words[0]
    return (
        (first in _SUBJECTS or first in _ORDERS)
        and _is_opening(words)
        and not _VERBS.isdisjoint(words)
    )


def _is_phrase(words: Sequence[str]) -> bool:
    """Whether words up to a comma are an aside about the text."""
    return _is_opening(words) and (words[0] not in _SUBJECTS or words[-1] in _SAID)


def _is_opening(words: Sequence[str]) -> bool:
    """Whether words can open a sentence without a bearing on it; "no doubt" denies nothing."""
    denied = not _DENIALS.isdisjoint(words)
    if denied or "doubt" in words:
        return denied and not _NOT_DENIED.isdisjoint(words)
    return _OPENING.issuperset(words) and not TALK.isdisjoint(words)
