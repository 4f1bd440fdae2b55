"""What can stop a CRPO run, apart from a wrong setting (ValueError, when CRPOConfig is made).

    CRPOError
    ├── RowError            a row of the data set cannot be sent to the service; names row and field
    ├── RewardError         rewards could not be had: the call failed, or too many rollouts did
    ├── ScorerError         the service lacks an objective, or its scorer is not the expected one
    ├── RunFolderError      the run's folder holds another run
    └── ResumeError         a checkpoint cannot be continued with the same result

With several processes an error of one of them is raised in all of them (`trainer.crpo.ranks`), so
that none waits for a collective operation that the others never reach. A rollout that could not be
scored is no error: it is data, see `trainer.crpo.rewards`.
"""

from __future__ import annotations


class CRPOError(RuntimeError):
    """Base of everything that this package raises on purpose."""


class RowError(CRPOError):
    """A row of a data set is not what the trainer needs."""


class RewardError(CRPOError):
    """Rewards could not be had."""


class ScorerError(CRPOError):
    """The service is not the one that this run expects."""


class RunFolderError(CRPOError):
    """The run's folder cannot be written without losing another run."""


class ResumeError(CRPOError):
    """A checkpoint lacks what is needed to continue as if nothing had happened."""
