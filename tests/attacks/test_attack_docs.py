from __future__ import annotations

from pathlib import Path

from reward_service.attacks.sources import READERS
from reward_service.attacks.suite import attacks

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_names_every_attack_and_source() -> None:
    page = (DOCS / "gaming.md").read_text("utf-8")
    for name, attack in attacks().items():
        assert f"`{name}`" in page, "stale: run clinical-reward attack --markdown docs/gaming.md"
        assert attack.meaning in page
    for source, (files, _) in READERS.items():
        assert f"`{source}`" in page
        assert files[0] in page
