"""Factories of scorers that are loaded from something odd."""

from __future__ import annotations

from pathlib import Path

from fake_scorer import ACCURACY, FakeScorer

from reward_service.server.catalogue import Catalogue, Loaded
from reward_service.server.loading import load
from reward_service.settings import Settings
from reward_service.vocabulary import vocabulary


def load_with_vocabulary(path: Path) -> Loaded:
    """The real scorer with the vocabulary file at `path`."""
    vocabulary.DEFAULT_PATH = path
    return load(Settings())


def load_version(path: Path) -> Loaded:
    """A scorer whose fingerprint stands in the file at `path`, as if it had been installed."""
    scorer = FakeScorer()
    scorer.identity = scorer.identity.model_copy(update={"fingerprint": path.read_text()})
    known = Catalogue(objectives=[ACCURACY], metrics={}, abstentions={}, scorer=scorer.identity)
    return Loaded(scorer, known)
