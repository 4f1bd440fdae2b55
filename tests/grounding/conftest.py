"""A case and a rollout from plain strings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.analysis.pipeline import Analyzer
from reward_service.completions import find_answer, parse_completion
from reward_service.grounding.case import Case
from reward_service.grounding.kinds import Kinds
from reward_service.grounding.rollout import Rollout
from reward_service.vocabulary import load_vocabulary
from reward_service.wire import Item

MakeCase = Callable[..., Case]
MakeRollout = Callable[[Case, str], Rollout]


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return Analyzer(load_vocabulary())


@pytest.fixture
def make_case(analyzer: Analyzer) -> MakeCase:
    kinds = Kinds(analyzer.vocabulary.lookup)

    def make(question: str, **fields: object) -> Case:
        item = Item.model_validate({"question": question, "completions": ["-"], **fields})
        return Case(item, analyzer, kinds=kinds)

    return make


@pytest.fixture
def make_rollout(analyzer: Analyzer) -> MakeRollout:
    def make(case: Case, text: str) -> Rollout:
        completion = parse_completion(text)
        return Rollout(case, completion, find_answer(completion, case.options), analyzer)

    return make
