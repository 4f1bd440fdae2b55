"""The memo stays small, and what it and spaCy forget changes no result."""

from __future__ import annotations

import pytest

from reward_service.text import tokenizer as module
from reward_service.text.tokenizer import Tokenizer


def test_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "No fever, chills or night sweats; BP 120/80 mm Hg. She can't lie flat (2-pillow)."
    expected = Tokenizer()(text)
    monkeypatch.setattr(module, "_MEMO_LIMIT", 3)
    monkeypatch.setattr(module, "_FILLINGS", 2)
    forgetful = Tokenizer()
    first = forgetful.nlp
    assert [forgetful(text) for _ in range(3)] == [expected] * 3
    assert forgetful.nlp is not first
