"""What the rewards of a batch of groups look like, for telemetry and reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from trainer.advantages.statistics import centred


@dataclass(frozen=True, slots=True)
class GroupDiagnostics:
    """Statistics of each objective, in the columns' order; NaN where there is nothing to measure.

    names: the objectives.
    mean, std: over all judged rollouts of the batch (std with Bessel's correction).
    abstained: share of rollouts that were not judged, 0 to 1.
    zero_variance: share of groups whose judged rollouts all score the same, or of which fewer than
        two were judged: nothing to learn there from this objective. 0 to 1.
    correlations: Pearson's r of each pair of objectives, over rollouts where both were judged, of
        the rewards minus their group's mean (so that hard and easy questions do not correlate
        everything with everything). A symmetric matrix with NaN where an objective does not vary.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    abstained: tuple[float, ...]
    zero_variance: tuple[float, ...]
    correlations: tuple[tuple[float, ...], ...]

    def metrics(self) -> dict[str, float]:
        """Flat names for loggers; what could not be measured is left out.

        `objectives/<name>/mean`, `/std`, `/abstained`, `/zero_variance_groups` and
        `objectives/correlation/<a>-<b>`.
        """
        found: dict[str, float] = {}
        for k, name in enumerate(self.names):
            found[f"objectives/{name}/mean"] = self.mean[k]
            found[f"objectives/{name}/std"] = self.std[k]
            found[f"objectives/{name}/abstained"] = self.abstained[k]
            found[f"objectives/{name}/zero_variance_groups"] = self.zero_variance[k]
        for a, b in combinations(range(len(self.names)), 2):
            pair = f"{self.names[a]}-{self.names[b]}"
            found[f"objectives/correlation/{pair}"] = self.correlations[a][b]
        return {name: value for name, value in found.items() if not np.isnan(value)}


def group_diagnostics(
    rewards_NK: npt.ArrayLike, group_size: int, *, names: Sequence[str] | None = None
) -> GroupDiagnostics:
    """Statistics of a batch of rewards as `group_advantages` takes them.

    `names` are the columns' objectives (their numbers if not given). Raises ValueError for shapes
    that do not fit.
    """
    rewards = np.array(rewards_NK, dtype=np.float64)
    if rewards.ndim != 2 or group_size < 1 or rewards.shape[0] % group_size:
        raise ValueError(
            f"expected whole groups of {group_size} rows and one column an objective, "
            f"got shape {rewards.shape}"
        )
    objectives = rewards.shape[1]
    labels = tuple(map(str, range(objectives))) if names is None else tuple(names)
    if len(labels) != objectives:
        raise ValueError(f"names: expected {objectives}, one for each column, got {len(labels)}")
    centred_GRK = centred(rewards.reshape(-1, group_size, objectives))
    varies_GK = (centred_GRK != 0.0).any(axis=1)
    centred_NK = np.where(np.isnan(rewards), np.nan, centred_GRK.reshape(-1, objectives))
    columns = [rewards[~np.isnan(rewards[:, k]), k] for k in range(objectives)]
    return GroupDiagnostics(
        names=labels,
        mean=tuple(float(c.mean()) if c.size else np.nan for c in columns),
        std=tuple(float(c.std(ddof=1)) if c.size > 1 else np.nan for c in columns),
        abstained=tuple(_share(np.isnan(rewards[:, k])) for k in range(objectives)),
        zero_variance=tuple(_share(~varies_GK[:, k]) for k in range(objectives)),
        correlations=tuple(
            tuple(_correlation(centred_NK[:, a], centred_NK[:, b]) for b in range(objectives))
            for a in range(objectives)
        ),
    )


def zero_advantage_share(advantages_N: npt.ArrayLike, group_size: int) -> float:
    """Share of groups whose advantages are all 0, which teach nothing; NaN for no groups."""
    advantages_GR = np.array(advantages_N, dtype=np.float64).reshape(-1, group_size)
    return _share((advantages_GR == 0.0).all(axis=1))


def _share(flags: npt.NDArray[np.bool_]) -> float:
    return float(flags.mean()) if flags.size else np.nan


def _correlation(x_N: npt.NDArray[np.float64], y_N: npt.NDArray[np.float64]) -> float:
    both_N = ~np.isnan(x_N) & ~np.isnan(y_N)
    if both_N.sum() < 2:
        return np.nan
    x, y = x_N[both_N] - x_N[both_N].mean(), y_N[both_N] - y_N[both_N].mean()
    size = np.sqrt(np.square(x).sum() * np.square(y).sum())
    return float(np.clip((x * y).sum() / size, -1.0, 1.0)) if size > 0.0 else np.nan
