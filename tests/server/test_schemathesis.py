"""Requests made from the OpenAPI document, right and wrong ones, get the answers it promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from live_service import live_service

from reward_service.server.keys import Role, make_key, new_secret

pytest.importorskip("schemathesis")

CONFIG = Path(__file__).parents[2] / "schemathesis.toml"


def test_the_live_service_keeps_to_its_document(tmp_path: Path) -> None:
    secret = new_secret()
    with live_service(KEY_HASHES=make_key("tester", Role, secret).line()) as (url, _):
        done = subprocess.run(
            [
                *(
                    sys.executable,
                    "-c",
                    "from schemathesis.cli import schemathesis; schemathesis()",
                ),
                *("--config-file", str(CONFIG), "run", f"{url}/openapi.json"),
                *("--header", f"Authorization: Bearer {secret}"),
                *("--phases", "examples,coverage,fuzzing", "--max-examples", "5"),
                "--generation-deterministic",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=400,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    selected = re.search(r"Selected: (\d+)/(\d+)", done.stdout)
    tested = re.search(r"Tested: (\d+)", done.stdout)
    assert selected and tested, done.stdout
    assert selected[1] == selected[2] == tested[1], "an operation was left out"
