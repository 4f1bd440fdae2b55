"""The OpenAPI document as docs/reference/openapi.json: `make docs` writes it.

A test says when it is stale.
"""

from __future__ import annotations

import json

from reward_service.server.app import create_app
from reward_service.settings import Settings


def reference() -> str:
    """The document with default settings, as indented JSON."""
    document = create_app(Settings.model_construct()).openapi()
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(reference(), end="")
