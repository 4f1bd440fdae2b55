"""The policy's own tokenizer: names, numbers and letters are tokens, and so is what joins them.

A finding's or disease's name is one token wherever it stands ("abdominal pain"), so that the policy
learns to choose and copy findings, not to spell. The stretches of a sentence between names ("," or
", is less likely because there is no ") are tokens too, spaces included: tokens are joined as they
stand, and any text whose characters are known comes back unchanged. What is no token is split into
characters.
"""

from __future__ import annotations

import random
import re
import string
from collections import defaultdict
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer
from tokenizers.decoders import Fuse
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import PreTrainedTokenizerFast

from trainer.world.build import World
from trainer.world.cases import LETTERS, sample_cases
from trainer.world.reasoning import PERFECT, Imperfection, write_reasoning
from trainer.world.vignette import prompt

PAD, END, UNKNOWN = "<pad>", "<end>", "<unknown>"
_NUMBERS = tuple(str(number) for number in range(20, 220))  # ages and vital signs
_DECIMALS = tuple(f".{digit}" for digit in range(10))
_SAMPLE = 400  # cases whose texts show which stretches there are
_CHARACTERS = string.ascii_letters + string.digits + string.punctuation + " \n°é"
# A stretch ends with its sentence, and at a tag.
_PARTS = re.compile(
    r"</?\w+>| ?\\boxed\{|\}|.*?(?:[.?](?= |\n)|(?=</?\w+>| \\boxed|\})|$)", re.DOTALL
)


def build_tokenizer(world: World) -> PreTrainedTokenizerFast:
    """The tokenizer of a world; pads on the left, ends a completion with `<end>`."""
    names = _names(world)
    pieces = {*names, *_stretches(world, names)}
    ranked = sorted(pieces, key=lambda piece: (-len(piece), piece))
    tokens = (PAD, END, UNKNOWN, *ranked, *sorted(set(_CHARACTERS) - pieces))
    tokenizer = Tokenizer(
        WordLevel({token: i for i, token in enumerate(tokens)}, unk_token=UNKNOWN)
    )
    tokenizer.pre_tokenizer = Split(Regex(rf"{_longest_first(ranked)}|[\s\S]"), behavior="isolated")
    tokenizer.decoder = Fuse()
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        unk_token=UNKNOWN,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )


def _names(world: World) -> frozenset[str]:
    """What stretches lie between: findings, diseases, letters, numbers."""
    findings = (finding.name for finding in world.findings.values())
    diseases = (disease.name for disease in world.diseases)
    return frozenset({*findings, *diseases, *LETTERS, *_NUMBERS, *_DECIMALS})


def _longest_first(ranked: Iterable[str]) -> str:
    """A pattern of these alternatives, by first character: many times faster than one long list."""
    by_first: defaultdict[str, list[str]] = defaultdict(list)
    for piece in ranked:
        by_first[piece[0]].append(_bounded(piece[1:], piece[-1]))
    return "|".join(
        f"{_escaped(first)}(?:{'|'.join(rest)})" for first, rest in sorted(by_first.items())
    )


def _bounded(rest: str, last: str) -> str:
    """A piece (or its rest) as a pattern that does not end inside a word or number."""
    ending = "(?![A-Za-z])" if last.isalpha() else r"(?!\d)" if last.isdigit() else ""
    return _escaped(rest) + ending


def _escaped(text: str) -> str:
    """re.escape without escaped white space, which other engines read differently."""
    return re.sub(r"\\(\s)", r"\1", re.escape(text))


def _stretches(world: World, names: Iterable[str]) -> frozenset[str]:
    """What stands between the names in some vignettes and completions."""
    ranked = sorted(names, key=lambda name: (-len(name), name))
    name = re.compile(rf"(?<![A-Za-z°])(?:{_longest_first(ranked)})")
    stretches = (stretch for text in _texts(world) for stretch in name.split(text))
    parts = {part for stretch in stretches for part in _PARTS.findall(stretch)}
    return frozenset(parts - {""})


def _texts(world: World) -> Iterable[str]:
    rng = random.Random(f"{world.seed}/tokenizer")
    for case in sample_cases(world, "cold_start", _SAMPLE):
        yield prompt(world, case)
        for faults in (PERFECT, Imperfection(bare=0.5, drop_finding=0.5), Imperfection(flip=0.5)):
            yield write_reasoning(world, case, rng, faults)
