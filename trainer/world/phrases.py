"""The sentences of the world's reasoning, in several wordings each.

Fields: {letter} and {disease} name an option; {found} lists findings that are there ("fever at
38.9 °C, cough, and jaundice"), {absent} findings that are not ("cough or jaundice"), both without
articles; {age} and {sex} are the patient's. Except in the bare wordings, a sentence states the
reason for its verdict. The option comes first, so that whoever writes word by word knows which
disease the verdict is about.
"""

from __future__ import annotations

FOR = (
    "Option {letter}, {disease}, fits because the patient has {found}.",
    "Option {letter}, {disease}, is supported by {found}.",
    "Option {letter}, {disease}, is likely, since this {age}-year-old {sex} has {found}.",
)
AGAINST_ABSENT = (
    "Option {letter}, {disease}, is less likely because there is no {absent}.",
    "Option {letter}, {disease}, is unlikely, since the patient has no {absent}.",
    "Option {letter}, {disease}, does not fit, because there is no {absent}.",
)
AGAINST_FOUND = (
    "Option {letter}, {disease}, is less likely because it cannot account for {found}.",
    "Option {letter}, {disease}, is unlikely because the patient has {found}.",
)
BARE_FOR = (
    "Option {letter}, {disease}, is likely.",
    "Option {letter}, {disease}, is the best choice.",
)
BARE_AGAINST = (
    "Option {letter}, {disease}, is unlikely.",
    "Option {letter}, {disease}, can be excluded.",
)
CONCLUSION = (
    "Option {letter}, {disease}, fits {found} best.",
    "Because of {found}, the answer is option {letter}, {disease}.",
)
BARE_CONCLUSION = (
    "The most likely diagnosis is option {letter}, {disease}.",
    "The answer is option {letter}, {disease}.",
)
