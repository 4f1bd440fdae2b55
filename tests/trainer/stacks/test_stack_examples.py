"""Every example runs against the service, and every stack has its page."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/try.py"))
REALITY = (
    "**Run for real**",
    "**Checked against its wire format**",
    "**Written from its source only**",
)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_runs(name: str, reward_env: str) -> None:
    script = ROOT / "examples" / name / "try.py"
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d|unregistered_prompt", done.stdout)


def test_every_stack_has_a_page_that_says_how_it_was_checked() -> None:
    pages = {path.stem: path.read_text("utf-8") for path in (ROOT / "docs/stacks").glob("*.md")}
    index = pages.pop("README")
    assert sorted(pages) == EXAMPLES
    for name, text in pages.items():
        assert sum(words in text for words in REALITY) == 1, name
        assert f"({name}.md)" in index
        assert "**No reward.**" in text or "missing reward" in text
        assert f"examples/{name}" in text
