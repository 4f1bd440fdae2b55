"""The README's request gets the README's answer, and its links lead somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

from reward_service.scoring.scorer import Scorer
from reward_service.wire import ScoreRequest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_the_request_shown_gets_the_answer_shown(scorer: Scorer) -> None:
    request = re.search(r"-d '\n(\{.*?\})'\n```", README, re.S)
    answer = re.search(r"```json\n(.*?)```", README, re.S)
    assert request is not None
    assert answer is not None
    response = scorer.score(ScoreRequest.model_validate_json(request[1]))
    # The fingerprint names one exact version of the code; the README shows what it looks like.
    assert json.loads(response.model_dump_json())["items"] == json.loads(answer[1])["items"]


def test_links_between_documents_exist() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
