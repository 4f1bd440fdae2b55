"""The cases that come with the package, for the demonstration, the page and the benchmarks."""

from reward_service.bundled.cases import (
    KIND_MEANINGS,
    KINDS,
    DemoCase,
    DemoCompletion,
    Kind,
    load_cases,
)

__all__ = ["KINDS", "KIND_MEANINGS", "DemoCase", "DemoCompletion", "Kind", "load_cases"]
