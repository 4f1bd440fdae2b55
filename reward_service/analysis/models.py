"""Mentions from an installed scispaCy model, beside the embedded vocabulary's.

A model is a folder or an installed package; nothing is ever downloaded, and a package is found
without running its code. Its entities become mentions: of the concept that the vocabulary has for
the words, exactly or nearly, or else of a concept of their own, "text:<normal forms>".
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.util import get_model_meta, load_config

from reward_service.analysis.near import NearMatcher
from reward_service.analysis.spans import token_range
from reward_service.text.document import Mention, SemanticType
from reward_service.text.tokenizer import Tokens
from reward_service.vocabulary import Vocabulary
from reward_service.wire.errors import PipelineError

# Parts of a scispaCy pipeline that entity recognition does without.
UNUSED = ("tagger", "attribute_ruler", "lemmatizer", "parser")
MAX_CHARS = 200_000  # of a text; a CNN model takes about 60 ms for 1,000 tokens
_TYPES = {
    "CHEMICAL": SemanticType.DRUG,
    "SIMPLE_CHEMICAL": SemanticType.DRUG,
    "DISEASE": SemanticType.DISEASE,
    "CANCER": SemanticType.DISEASE,
    "ORGANISM": SemanticType.ORGANISM,
    "SPECIES": SemanticType.ORGANISM,
    "TAXON": SemanticType.ORGANISM,
    "ORGAN": SemanticType.ANATOMY,
    "TISSUE": SemanticType.ANATOMY,
}
_INSTALL = (
    "Take the model's release URL from the model table of scispaCy's README and install it with "
    "`pip install --no-deps <model release URL>`. Do not install a model by name from a package "
    "index: the en-core-sci-md there with version 999.9.9 is not scispaCy's."
)


class ModelMentions:
    """Finds the entities of one loaded model. `name` identifies the model and its version."""

    def __init__(self, nlp: Language, vocabulary: Vocabulary, near: NearMatcher) -> None:
        self.name = f"{nlp.lang}_{nlp.meta['name']}-{nlp.meta['version']}"
        self._nlp = nlp
        self._vocabulary = vocabulary
        self._near = near

    def find(self, text: str, tokens: Tokens) -> list[Mention]:
        """The model's entities in the first `MAX_CHARS` characters of `text`, left to right.

        `via` is "model". An entity takes in every token that it touches.
        """
        with self._nlp.memory_zone():
            doc = self._nlp(text[:MAX_CHARS])
            entities = [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]
        mentions = []
        for start, end, label in entities:
            first, last = token_range(tokens, start, end)
            norms = [norm for norm in tokens.norms[first:last] if norm]
            if not any(norm.isalnum() for norm in norms):
                continue
            concept, kind = self._link(text[start:end], norms, label)
            span = tokens.starts[first], tokens.ends[last - 1]
            mentions.append(Mention(*span, first, last, concept, kind, "model"))
        return mentions

    def _link(self, surface: str, norms: list[str], label: str) -> tuple[str, SemanticType]:
        """The concept that an entity names, and its type."""
        concept = self._vocabulary.lookup(surface) or self._near.correct(norms)
        if concept is not None:
            return concept, self._vocabulary.concept(concept).type
        return f"text:{' '.join(norms)}", _TYPES.get(label, SemanticType.FINDING)


def load_model(
    name_or_path: str, vocabulary: Vocabulary, near: NearMatcher | None = None
) -> ModelMentions:
    """Load the scispaCy model in a folder or of an installed package ("en_ner_bc5cdr_md").

    `near` reads misspelt entities; a new matcher is made without one. Raises PipelineError, with
    the way to install a model, if there is none or it cannot be loaded.
    """
    path = _model_folder(name_or_path)
    try:
        overrides = dict(_written_booleans(load_config(path / "config.cfg")))
        with warnings.catch_warnings():
            # Official models name an older spaCy; entity recognition is the same in this one.
            warnings.filterwarnings("ignore", message=r"\[W095\]", category=UserWarning)
            nlp = spacy.load(path, exclude=UNUSED, config=overrides)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PipelineError(
            f"model {name_or_path!r} cannot be loaded from {path}: {error}"
        ) from error
    return ModelMentions(nlp, vocabulary, near or NearMatcher(vocabulary))


def _model_folder(name_or_path: str) -> Path:
    """The folder with config.cfg and meta.json of a model."""
    path = Path(name_or_path)
    if (path / "config.cfg").is_file():
        return path
    if not name_or_path.isidentifier():
        raise PipelineError(f"there is no model in the folder {name_or_path!r}. {_INSTALL}")
    found = importlib.util.find_spec(name_or_path)
    if found is None or found.origin is None:
        raise PipelineError(f"model {name_or_path!r} is not installed. {_INSTALL}")
    package = Path(found.origin).parent
    try:
        meta = get_model_meta(package)
    except (OSError, ValueError) as error:
        raise PipelineError(f"package {name_or_path!r} is no spaCy model: {error}") from error
    folder = package / f"{meta['lang']}_{meta['name']}-{meta['version']}"
    if not (folder / "config.cfg").is_file():
        raise PipelineError(f"package {name_or_path!r} holds no model. {_INSTALL}")
    return folder


def _written_booleans(config: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, bool]]:
    """Dotted keys whose value is the string "True" or "False", with the boolean that is meant.

    Models of scispaCy 0.5 carry such strings, which spaCy refuses from 3.8.13 on.
    """
    for key, value in config.items():
        if isinstance(value, dict):
            yield from _written_booleans(value, f"{prefix}{key}.")
        elif value in ("True", "False"):
            yield f"{prefix}{key}", value == "True"
