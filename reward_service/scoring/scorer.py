"""The scorer: the pure core that every face calls.

An objective that raises becomes an abstention (`scorer_error`) of that completion, and a text over
the limit becomes `too_long`. Neither is ever a 0, and everything else goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from types import MappingProxyType

from reward_service.analysis.pipeline import Analyzer
from reward_service.completions import completion_text, find_answer, parse_completion
from reward_service.grounding.case import Case
from reward_service.grounding.kinds import Kinds
from reward_service.grounding.paraphrases import Paraphrases
from reward_service.grounding.rollout import Rollout
from reward_service.judge.client import JudgeClient
from reward_service.judge.config import JudgeConfig
from reward_service.objectives.base import SCORE_DIGITS, Judgement, Objective
from reward_service.objectives.judge import Judge
from reward_service.objectives.registry import objectives as registered
from reward_service.scoring.cases import CaseCache
from reward_service.scoring.config import OFF, ScorerConfig
from reward_service.scoring.explanation import explain as explain_scores
from reward_service.scoring.fingerprint import fingerprint
from reward_service.similarity.models import load_encoder
from reward_service.vocabulary import load_vocabulary
from reward_service.wire import (
    Abstention,
    Item,
    ItemScores,
    Message,
    Score,
    ScoreRequest,
    ScoreResponse,
)
from reward_service.wire import Scorer as Identity
from reward_service.wire.errors import RequestError, SettingsError

_log = logging.getLogger(__name__)

_ENTRY_CHARS = 200
"""What each option and each answer costs at least, in characters: each is read by itself."""


class Scorer:
    """Scores requests with one vocabulary, pipeline and config.

    Not safe for threads: one scorer a process (or a lock around it). Raises PipelineError or
    SettingsError when it cannot be built.
    """

    def __init__(self, config: ScorerConfig | None = None) -> None:
        self.config = config or ScorerConfig()
        self._judge = _make_judge(self.config.judge)
        for name in sorted(self.config.weights.keys() - self.objectives.keys()):
            raise SettingsError(f"weights: there is no objective named {name!r}")
        vocabulary = load_vocabulary()
        self._vocabulary = vocabulary
        self._analyze = Analyzer(vocabulary, self.config.pipeline)
        paraphrases = None
        if self.config.similarity != OFF:
            paraphrases = Paraphrases(load_encoder(self.config.similarity), vocabulary)
        build = partial(
            Case,
            analyze=self._analyze,
            paraphrases=paraphrases,
            kinds=Kinds(vocabulary.lookup),
        )
        self._case = CaseCache(build, self.config.case_cache)
        self.identity = Identity(
            version=version("clinical-crpo"),
            pipeline=self._analyze.name,
            vocabulary=vocabulary.version,
            fingerprint=fingerprint(
                self.config,
                self._analyze.name,
                vocabulary.sha256,
                "" if paraphrases is None else paraphrases.name,
            ),
        )

    @property
    def objectives(self) -> Mapping[str, Objective]:
        """What this scorer judges, by name, in the order of every answer."""
        if self._judge is None:
            return registered()
        return MappingProxyType({**registered(), self._judge.name: self._judge})

    def check(self, request: ScoreRequest) -> None:
        """Raise RequestError if the request names an objective that does not exist."""
        self._chosen(request.objectives)
        for name in sorted((request.weights or {}).keys() - self.objectives.keys()):
            raise RequestError(f"there is no objective named {name!r}", f"weights.{name}")

    def score(self, request: ScoreRequest) -> ScoreResponse:
        """Score every completion of every item, in the request's order.

        Raises RequestError for an unknown objective; never for what a completion says.
        """
        self.check(request)
        chosen = self._chosen(request.objectives)
        weights = {
            name: (request.weights or {}).get(name, self.config.weights.get(name, default))
            for name, default in ((o.name, o.default_weight) for o in chosen)
        }
        cases: Iterable[Case | Abstention] = map(self._read, request.items)
        if self._judge is not None and self._judge in chosen:
            cases = list(cases)  # all of them, so that all grades can be asked for together
            self._judge.ask_ahead(
                (case, text)
                for case, item in zip(cases, request.items, strict=True)
                for text in map(completion_text, item.completions)
                if isinstance(case, Case) and len(text) <= self.config.max_chars
            )
        return ScoreResponse(
            items=[
                self._score_item(item, case, chosen, weights, request.explain)
                for item, case in zip(request.items, cases, strict=True)
            ],
            scorer=self.identity,
        )

    def _chosen(self, names: Sequence[str] | None) -> tuple[Objective, ...]:
        known = self.objectives
        if names is None:
            return tuple(known.values())
        for i, name in enumerate(names):
            if name not in known:
                raise RequestError(
                    f"there is no objective named {name!r}; known: {', '.join(known)}",
                    f"objectives[{i}]",
                )
        return tuple(objective for name, objective in known.items() if name in names)

    def _read(self, item: Item) -> Case | Abstention:
        """The item's case, or why it cannot be judged."""
        try:
            return Abstention.TOO_LONG if self._too_long(item) else self._case(item)
        except Exception as error:  # one item must not take the others of a request with it
            _log_failure("case", error)
            return Abstention.SCORER_ERROR

    def _score_item(
        self,
        item: Item,
        case: Case | Abstention,
        chosen: tuple[Objective, ...],
        weights: Mapping[str, float],
        explain: bool,
    ) -> ItemScores:
        scores = []
        for raw in item.completions:
            text = completion_text(raw)
            if isinstance(case, Abstention) or len(text) > self.config.max_chars:
                reason = case if isinstance(case, Abstention) else Abstention.TOO_LONG
                scores.append(_unjudged(text, chosen, weights, reason))
                continue
            try:
                scores.append(self._score_completion(case, raw, chosen, weights, explain))
            except Exception as error:  # nor one completion the others of its item
                _log_failure("completion", error)
                scores.append(_unjudged(text, chosen, weights, Abstention.SCORER_ERROR))
        return ItemScores(id=item.id, scores=scores)

    def _score_completion(
        self,
        case: Case,
        raw: str | list[Message],
        chosen: tuple[Objective, ...],
        weights: Mapping[str, float],
        explain: bool,
    ) -> Score:
        completion = parse_completion(raw, self.config.tags)
        answer = find_answer(completion, case.options, exception=case.asks_for_exception)
        rollout = Rollout(case, completion, answer, self._analyze)
        judgements = {o.name: _judge(o, case, rollout) for o in chosen}
        score = _score(completion.text, judgements, weights)
        if not explain:
            return score
        explanation = explain_scores(case, rollout, judgements, self._vocabulary)
        return score.model_copy(update={"explanation": explanation})

    def _too_long(self, item: Item) -> bool:
        prompt = item.prompt or ""
        length = len(prompt) if isinstance(prompt, str) else sum(len(m.content) for m in prompt)
        texts = [item.question or "", item.context or "", item.reference or ""]
        answers = item.answer if isinstance(item.answer, list) else []
        lists = [_list_chars((item.options or {}).values()), _list_chars(answers)]
        return max(length, *lists, *map(len, texts)) > self.config.max_chars


def _make_judge(config: JudgeConfig | None) -> Judge | None:
    if config is None:
        return None
    config.key()  # a key that is missing is an error of the start, not of every completion
    return Judge(JudgeClient(config), config.model)


def _list_chars(texts: Collection[str]) -> int:
    return sum(max(len(text), _ENTRY_CHARS) for text in texts)


def _judge(objective: Objective, case: Case, rollout: Rollout) -> Judgement:
    try:
        return objective.judge(case, rollout)
    except Exception as error:  # a failure is never a 0, and never ends the request
        _log_failure(objective.name, error)
        return _abstain(objective, Abstention.SCORER_ERROR)


def _abstain(objective: Objective, why: Abstention) -> Judgement:
    return Judgement.abstained(why, metrics=dict.fromkeys(objective.metrics))


def _log_failure(where: str, error: Exception) -> None:
    """Log the kind and place of a failure; its message could quote clinical text."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = "unknown" if frame is None else f"{frame.tb_frame.f_code.co_qualname}:{frame.tb_lineno}"
    _log.error("scorer error in %s: %s at %s", where, type(error).__name__, place)


def _unjudged(
    text: str, chosen: Sequence[Objective], weights: Mapping[str, float], why: Abstention
) -> Score:
    return _score(text, {o.name: _abstain(o, why) for o in chosen}, weights)


def _score(text: str, judgements: Mapping[str, Judgement], weights: Mapping[str, float]) -> Score:
    metrics: dict[str, int | float | None] = {}
    for judgement in judgements.values():
        metrics |= {
            name: None if value is None else round(value, SCORE_DIGITS)
            for name, value in judgement.metrics.items()
        }
    metrics["words"] = len(text.split())
    paid = [weights[name] * j.score for name, j in judgements.items() if j.score is not None]
    return Score(
        objectives={name: j.score for name, j in judgements.items()},
        abstentions={n: j.abstention for n, j in judgements.items() if j.abstention is not None},
        reward=round(sum(paid), SCORE_DIGITS) if paid else None,
        metrics=metrics,
    )
