"""Fixtures that several packages' tests share."""

from __future__ import annotations

import signal

import pytest
from hypothesis import HealthCheck, settings

from reward_service.scoring.default import default_scorer
from reward_service.scoring.scorer import Scorer

# A busy machine is no fault of the code: no example and no strategy has a time limit. The examples
# are the same in every run; `--hypothesis-profile=seeking` looks for new ones.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("seeking", _PATIENT)
settings.register_profile("patient", _PATIENT, derandomize=True)
settings.load_profile("patient")

# A shell's background jobs ignore Ctrl-C, and so would every process that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """The real scorer with default settings, loaded once a test process."""
    return default_scorer()
