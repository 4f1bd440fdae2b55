"""The client of the reward service: scores over HTTP in batches, with failures as data."""

from trainer.client.asynchronous import AsyncRewardClient
from trainer.client.errors import (
    AuthenticationError,
    ClientClosedError,
    DeadlineError,
    ExpectationError,
    InvalidAnswerError,
    RequestContext,
    RewardClientError,
    ScorerChangedError,
    ServiceRefusedError,
    ServiceUnavailableError,
    TooManyFailuresError,
)
from trainer.client.failures import FailureCode
from trainer.client.options import Batching, Expectation, Retries, Timeouts
from trainer.client.scores import CompletionScore, ScoredBatch, ScoredItem, ScorerIdentity
from trainer.client.synchronous import RewardClient
from trainer.client.throughput import Throughput, measure_throughput
from trainer.client.wire import Limits, ObjectiveDescription, ServiceDescription

__all__ = [
    "AsyncRewardClient",
    "AuthenticationError",
    "Batching",
    "ClientClosedError",
    "CompletionScore",
    "DeadlineError",
    "Expectation",
    "ExpectationError",
    "FailureCode",
    "InvalidAnswerError",
    "Limits",
    "ObjectiveDescription",
    "RequestContext",
    "Retries",
    "RewardClient",
    "RewardClientError",
    "ScoredBatch",
    "ScoredItem",
    "ScorerChangedError",
    "ScorerIdentity",
    "ServiceDescription",
    "ServiceRefusedError",
    "ServiceUnavailableError",
    "Throughput",
    "Timeouts",
    "TooManyFailuresError",
    "measure_throughput",
]
