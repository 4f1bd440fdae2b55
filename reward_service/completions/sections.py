"""A completion's sections: where it analyses and where it concludes.

With tags (`<dx>…</dx><conclusion>…</conclusion>` by default) the sections are what the tags say,
read left to right and forgivingly:

- a section that is still open when the other one begins, or when the text ends, closes there;
- an opening tag inside its own section, and a closing tag with nothing to close, are skipped;
- `</dx>` without any `<dx>` before it closes an analysis that began with the text (chat templates
  often put the opening tag into the prompt);
- analysis tags alone: the text after the last one is the conclusion;
- conclusion tags alone: the text before the first one is the analysis;
- of several conclusions that are not empty, the last is `conclusion`, all are `conclusions`.

Without tags the last sentence that commits to an answer is the conclusion and the rest is the
analysis. Nothing raises; what was wrong is listed in `problems`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from reward_service.completions.messages import completion_text
from reward_service.completions.statements import last_commitment
from reward_service.wire.request import Message

Range = tuple[int, int]

_TAG_NAME = re.compile(r"[A-Za-z][\w-]{0,63}")


class Problem(StrEnum):
    """What is wrong with a tagged completion's layout."""

    NO_ANALYSIS = "no_analysis"
    NO_CONCLUSION = "no_conclusion"
    REPEATED_ANALYSIS = "repeated_analysis"
    REPEATED_CONCLUSION = "repeated_conclusion"
    UNOPENED_ANALYSIS = "unopened_analysis"
    UNCLOSED_ANALYSIS = "unclosed_analysis"
    UNCLOSED_CONCLUSION = "unclosed_conclusion"
    EMPTY_ANALYSIS = "empty_analysis"
    EMPTY_CONCLUSION = "empty_conclusion"
    STRAY_TAG = "stray_tag"
    WRONG_ORDER = "wrong_order"
    TEXT_OUTSIDE = "text_outside"


@dataclass(frozen=True, slots=True)
class Tags:
    """Names of the two tags, without brackets. Matching ignores case and spaces inside a tag.

    Raises ValueError when a name is no tag name, or both are the same.
    """

    analysis: str = "dx"
    conclusion: str = "conclusion"

    def __post_init__(self) -> None:
        for name in (self.analysis, self.conclusion):
            if not _TAG_NAME.fullmatch(name):
                raise ValueError(
                    f"expected a tag name of letters, digits, '_' or '-', got {name!r}"
                )
        if self.analysis.lower() == self.conclusion.lower():
            raise ValueError(f"the two tags must differ, got {self.analysis!r} twice")


@dataclass(frozen=True, slots=True)
class Completion:
    """A completion's text and its sections, as ranges of code points in `text`.

    `analysis` may have several ranges, in order. `conclusion` is None when nothing concludes.
    `conclusions` holds every conclusion section that is not empty (at most one without tags).
    `sealed`: the conclusion's closing tag stands, so that text appended to the completion cannot
    enter it. `truncated`: a tagged section is still open where the text ends.
    """

    text: str
    analysis: tuple[Range, ...]
    conclusion: Range | None
    conclusions: tuple[Range, ...] = ()
    tagged: bool = False
    sealed: bool = False
    truncated: bool = False
    problems: tuple[Problem, ...] = ()


class _Section(NamedTuple):
    is_analysis: bool
    outer: Range  # with its tags
    inner: Range
    closed: bool


def parse_completion(completion: str | Sequence[Message], tags: Tags | None = None) -> Completion:
    """Find the sections of `completion`. Linear in its length; never raises on odd text."""
    text = completion_text(completion)
    tags = tags or Tags()
    sections, problems = _read_sections(text, tags)
    if not sections:
        return _untagged(text)
    return _tagged(text, tags, sections, problems)


def _untagged(text: str) -> Completion:
    conclusion = last_commitment(text)
    if conclusion is None:
        return Completion(text, tuple(_filled(text, [(0, len(text))])), None)
    start, end = conclusion
    rest = _filled(text, [(0, start), (end, len(text))])
    return Completion(text, tuple(rest), conclusion, (conclusion,))


def _tagged(text: str, tags: Tags, sections: list[_Section], problems: set[Problem]) -> Completion:
    analysis = [s for s in sections if s.is_analysis]
    concluding = [s for s in sections if not s.is_analysis]
    outside = _outside(text, sections, tags)
    problems |= _layout_problems(text, analysis, concluding)
    if outside:
        problems.add(Problem.TEXT_OUTSIDE)

    analysis_ranges = _filled(text, [s.inner for s in analysis])
    conclusions = _filled(text, [s.inner for s in concluding])
    sealed = bool(concluding) and concluding[-1].closed
    if not analysis:
        analysis_ranges = [r for r in outside if r[1] <= concluding[0].outer[0]]
    if not concluding:
        conclusions = [r for r in outside if r[0] >= analysis[-1].outer[1]]
    return Completion(
        text=text,
        analysis=tuple(analysis_ranges),
        conclusion=conclusions[-1] if conclusions else None,
        conclusions=tuple(conclusions),
        tagged=True,
        sealed=sealed,
        truncated=not sections[-1].closed and sections[-1].outer[1] == len(text),
        problems=tuple(p for p in Problem if p in problems),
    )


def _layout_problems(
    text: str, analysis: list[_Section], concluding: list[_Section]
) -> set[Problem]:
    found: set[Problem] = set()
    for group, none, repeated, unclosed, empty in (
        (
            analysis,
            Problem.NO_ANALYSIS,
            Problem.REPEATED_ANALYSIS,
            Problem.UNCLOSED_ANALYSIS,
            Problem.EMPTY_ANALYSIS,
        ),
        (
            concluding,
            Problem.NO_CONCLUSION,
            Problem.REPEATED_CONCLUSION,
            Problem.UNCLOSED_CONCLUSION,
            Problem.EMPTY_CONCLUSION,
        ),
    ):
        if not group:
            found.add(none)
        if len(group) > 1:
            found.add(repeated)
        if any(not s.closed for s in group):
            found.add(unclosed)
        if any(_is_blank(text, s.inner) for s in group):
            found.add(empty)
    if analysis and concluding and concluding[0].outer[0] < analysis[-1].outer[0]:
        found.add(Problem.WRONG_ORDER)
    return found


def _read_sections(text: str, tags: Tags) -> tuple[list[_Section], set[Problem]]:
    sections: list[_Section] = []
    problems: set[Problem] = set()
    analysis_name = tags.analysis.lower()
    opened: tuple[bool, int, int] | None = None  # is_analysis, outer start, inner start
    for tag in _tag_pattern(tags).finditer(text):
        closing = bool(tag[1])
        is_analysis = tag[2].lower() == analysis_name
        if not closing:
            if opened is not None and opened[0] == is_analysis:
                problems.add(Problem.STRAY_TAG)
                continue
            if opened is not None:
                at = tag.start()
                sections.append(_Section(opened[0], (opened[1], at), (opened[2], at), False))
            opened = (is_analysis, tag.start(), tag.end())
        elif opened is not None and opened[0] == is_analysis:
            outer, inner = (opened[1], tag.end()), (opened[2], tag.start())
            sections.append(_Section(is_analysis, outer, inner, True))
            opened = None
        elif opened is None and is_analysis and not sections:
            sections.append(_Section(True, (0, tag.end()), (0, tag.start()), True))
            problems.add(Problem.UNOPENED_ANALYSIS)
        else:
            problems.add(Problem.STRAY_TAG)
    if opened is not None:
        end = len(text)
        sections.append(_Section(opened[0], (opened[1], end), (opened[2], end), False))
    return sections, problems


def _outside(text: str, sections: list[_Section], tags: Tags) -> list[Range]:
    """Ranges outside all sections that hold more than white space and left-over tags."""
    edges = [0, *(edge for s in sections for edge in s.outer), len(text)]
    between = zip(edges[::2], edges[1::2], strict=True)
    return [(a, b) for a, b in between if _tag_pattern(tags).sub("", text[a:b]).strip()]


def _filled(text: str, ranges: list[Range]) -> list[Range]:
    """The ranges that hold more than white space."""
    return [r for r in ranges if not _is_blank(text, r)]


def _is_blank(text: str, where: Range) -> bool:
    return not text[where[0] : where[1]].strip()


@lru_cache(maxsize=64)
def _tag_pattern(tags: Tags) -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in (tags.analysis, tags.conclusion))
    return re.compile(rf"<\s{{0,8}}(/?)\s{{0,8}}({names})\s{{0,8}}>", re.IGNORECASE)
