"""scispaCy models: loading, linking, and the errors of a missing one.

Official models are not needed: the loading path is tested on a model of the same structure with
random weights, the linking on a pipeline whose entities are given by rules.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from thinc.api import Config

from reward_service.analysis.models import MAX_CHARS, load_model
from reward_service.analysis.near import NearMatcher
from reward_service.text.document import SemanticType
from reward_service.text.tokenizer import Tokenizer
from reward_service.vocabulary.artifact import Content
from reward_service.vocabulary.vocabulary import Vocabulary
from reward_service.wire.errors import PipelineError

TOKENIZER = Tokenizer()

# The structure of en_ner_bc5cdr_md and its kin: a shared tok2vec, parts that NER does without, and
# a NER with its own tok2vec.
CONFIG = """
[nlp]
lang = "en"
pipeline = ["tok2vec", "tagger", "attribute_ruler", "lemmatizer", "parser", "ner"]

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "spacy.HashEmbedCNN.v2"
pretrained_vectors = null
width = 16
depth = 1
embed_size = 64
window_size = 1
maxout_pieces = 2
subword_features = true

[components.tagger]
factory = "tagger"

[components.attribute_ruler]
factory = "attribute_ruler"

[components.lemmatizer]
factory = "lemmatizer"

[components.parser]
factory = "parser"

[components.ner]
factory = "ner"

[components.ner.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "ner"
extra_state_tokens = false
hidden_width = 16
maxout_pieces = 2
use_upper = true
nO = null

[components.ner.model.tok2vec]
@architectures = "spacy.Tok2Vec.v2"

[components.ner.model.tok2vec.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = 16
attrs = ["NORM", "PREFIX", "SUFFIX", "SHAPE"]
rows = [64, 64, 64, 64]
include_static_vectors = false

[components.ner.model.tok2vec.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 16
depth = 1
window_size = 1
maxout_pieces = 2
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    content = Content(
        ids=["T:1", "T:2"],
        names=["Pneumonia", "Aspirin"],
        types=["disease", "drug"],
        sources=["test", "test"],
        terms=["aspirin", "pneumonia"],
        term_concepts=[1, 0],
        absent_terms={},
        cased={},
        words=["the", "and"],
    )
    return Vocabulary(content, "0" * 64)


@pytest.fixture(scope="module")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved model with random weights whose config holds "False" as a string."""
    spacy.util.fix_random_seed(0)
    nlp = spacy.util.load_model_from_config(Config().from_str(CONFIG), auto_fill=True)
    nlp.get_pipe("ner").add_label("CHEMICAL")
    nlp.get_pipe("ner").add_label("DISEASE")
    nlp.get_pipe("tagger").add_label("NN")
    nlp.get_pipe("parser").add_label("dep")
    nlp.remove_pipe("lemmatizer")
    nlp.initialize()
    nlp.meta["name"] = "ner_random"
    nlp.meta["version"] = "0.5.4"
    folder = tmp_path_factory.mktemp("model") / "en_ner_random"
    nlp.to_disk(folder)
    config = folder / "config.cfg"
    text = config.read_text()
    assert "include_static_vectors = false" in text
    config.write_text(
        text.replace("include_static_vectors = false", 'include_static_vectors = "False"')
    )
    return folder


@pytest.fixture(scope="module")
def ruled_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved pipeline whose entities are given by rules."""
    nlp: Language = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": "DISEASE", "pattern": "pneumonia"},
            {"label": "DISEASE", "pattern": "pnuemonia"},
            {"label": "DISEASE", "pattern": "Foo syndrome"},
            {"label": "CHEMICAL", "pattern": "barium baz"},
            {"label": "ENTITY", "pattern": "quux sign"},
            {"label": "ENTITY", "pattern": "--"},
        ]
    )
    nlp.meta["name"] = "ruled"
    nlp.meta["version"] = "1.0"
    folder = tmp_path_factory.mktemp("model") / "en_ruled"
    nlp.to_disk(folder)
    return folder


def test_random_weights_model_with_string_booleans_loads(
    random_model: Path, vocabulary: Vocabulary
) -> None:
    with pytest.raises(ValueError, match="include_static_vectors"):
        spacy.load(random_model)
    model = load_model(str(random_model), vocabulary)
    assert model.name == "en_ner_random-0.5.4"
    text = "The man took aspirin for pneumonia and was well."
    tokens = TOKENIZER(text)
    found = model.find(text, tokens)
    assert found == load_model(str(random_model), vocabulary).find(text, tokens)
    for mention in found:
        assert mention.via == "model"
        assert tokens.starts[mention.first] == mention.start
        assert tokens.ends[mention.last - 1] == mention.end


def test_random_weights_model_loads_without_unused_parts(
    random_model: Path, vocabulary: Vocabulary
) -> None:
    model = load_model(str(random_model), vocabulary)
    assert model._nlp.pipe_names == ["tok2vec", "ner"]


def test_entities_are_linked(ruled_model: Path, vocabulary: Vocabulary) -> None:
    model = load_model(str(ruled_model), vocabulary, NearMatcher(vocabulary))
    text = "pneumonia, pnuemonia, Foo syndrome, barium baz, quux sign, --"
    found = model.find(text, TOKENIZER(text))
    assert [(text[m.start : m.end], m.concept, m.type) for m in found] == [
        ("pneumonia", "T:1", SemanticType.DISEASE),
        ("pnuemonia", "T:1", SemanticType.DISEASE),
        ("Foo syndrome", "text:foo syndrome", SemanticType.DISEASE),
        ("barium baz", "text:barium baz", SemanticType.DRUG),
        ("quux sign", "text:quux sign", SemanticType.FINDING),
    ]


def test_texts_are_cut(ruled_model: Path, vocabulary: Vocabulary) -> None:
    model = load_model(str(ruled_model), vocabulary)
    text = "x " * (MAX_CHARS // 2) + "pneumonia"
    assert model.find(text, TOKENIZER(text)) == []
    assert model.find("", TOKENIZER("")) == []


def test_strings_do_not_pile_up(ruled_model: Path, vocabulary: Vocabulary) -> None:
    model = load_model(str(ruled_model), vocabulary)
    before = len(model._nlp.vocab.strings)
    for i in range(50):
        text = f"rareword{i} and pneumonia"
        model.find(text, TOKENIZER(text))
    assert len(model._nlp.vocab.strings) <= before + 1


def test_installed_package_is_found_without_running_it(
    ruled_model: Path,
    tmp_path: Path,
    vocabulary: Vocabulary,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = tmp_path / "en_ruled"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('ran')")
    (package / "meta.json").write_text((ruled_model / "meta.json").read_text())
    (package / "en_ruled-1.0").symlink_to(ruled_model)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert load_model("en_ruled", vocabulary).name == "en_ruled-1.0"


@pytest.mark.parametrize("name", ["en_no_such_model", "./no/such/folder", "", "no-such-model"])
def test_missing_model_says_how_to_install(name: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(PipelineError, match=r"pip install --no-deps <model release URL>") as info:
        load_model(name, vocabulary)
    assert "999" in str(info.value)


def test_package_that_is_no_model(vocabulary: Vocabulary) -> None:
    with pytest.raises(PipelineError, match="no spaCy model"):
        load_model("json", vocabulary)


def test_damaged_model(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "config.cfg").write_text("[nlp]\nlang = 7\n")
    (tmp_path / "meta.json").write_text("{}")
    with pytest.raises(PipelineError, match="cannot be loaded"):
        load_model(str(tmp_path), vocabulary)
