"""The client for async code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType

from trainer.client.base import BaseClient
from trainer.client.encoding import Question
from trainer.client.scores import ScoredBatch
from trainer.client.wire import ServiceDescription


class AsyncRewardClient(BaseClient):
    """The clinical reward service, for async code; the same as RewardClient otherwise.

    It belongs to one running event loop at a time. Close it in that loop, or use `async with`.
    """

    async def describe(self) -> ServiceDescription:
        """See RewardClient.describe."""
        return await self._core.describe()

    async def score(
        self,
        items: Sequence[Mapping[str, object]],
        *,
        objectives: Sequence[str] | None = None,
        weights: Mapping[str, float] | None = None,
        explain: bool = False,
    ) -> ScoredBatch:
        """See RewardClient.score."""
        return await self._core.score(items, Question.of(objectives, weights, explain))

    async def close(self) -> None:
        """Close the connections. Calls under way end with ClientClosedError."""
        await self._core.close()

    async def __aenter__(self) -> AsyncRewardClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
