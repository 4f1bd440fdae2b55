"""What the scorer is compared with: plain spaCy, which finds terms but judges nothing.

Outside `nlp.memory_zone()`, which is faster: spaCy then keeps its cache of words from text to text,
as the scorer's tokeniser does.
"""

from __future__ import annotations

import spacy
from spacy.matcher import PhraseMatcher

from reward_service.cli.benchmarks.timing import Work
from reward_service.vocabulary import load_vocabulary
from reward_service.wire import Item

PHRASE_TERMS = 30_000


def phrase_matcher(terms: int = PHRASE_TERMS) -> Work:
    """spaCy's tokeniser and PhraseMatcher over an even sample of the vocabulary's terms."""
    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    names = [term for term, _ in load_vocabulary().terms]
    step = max(1, len(names) // terms)
    matcher.add("TERM", [nlp.make_doc(name) for name in names[::step][:terms]])

    def work(item: Item) -> None:
        for text in item.completions:
            matcher(nlp.make_doc(str(text)))

    return work


def random_ner() -> Work:
    """A CNN entity recogniser built like en_core_sci_sm's, with random weights.

    Its speed is that of a trained one; what it finds means nothing.
    """
    nlp = spacy.blank("en")
    tok2vec = {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "width": 96,
        "depth": 4,
        "embed_size": 2000,
        "window_size": 1,
        "maxout_pieces": 3,
        "subword_features": True,
        "pretrained_vectors": None,
    }
    model = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": tok2vec,
    }
    recogniser = nlp.add_pipe("ner", config={"model": model})
    recogniser.add_label("ENTITY")  # type: ignore[attr-defined]
    nlp.initialize()

    def work(item: Item) -> None:
        for _ in nlp.pipe((str(text) for text in item.completions), batch_size=8):
            pass

    return work
