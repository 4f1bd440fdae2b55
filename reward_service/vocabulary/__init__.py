"""The embedded open vocabulary: concepts, the terms that name them, and how it is compiled."""

from reward_service.vocabulary.vocabulary import Concept, Vocabulary, load_vocabulary

__all__ = ["Concept", "Vocabulary", "load_vocabulary"]
