"""A NeMo-Gym resources server that hands each rollout on to the clinical reward service."""

from __future__ import annotations

import os
from typing import Any

import httpx
from nemo_gym.base_resources_server import (
    BaseResourcesServerConfig,
    BaseVerifyRequest,
    BaseVerifyResponse,
    SimpleResourcesServer,
)
from pydantic import ConfigDict

URL = os.environ.get("CRPO_REWARD_URL", "http://127.0.0.1:8000")


class ClinicalVerifyRequest(BaseVerifyRequest):
    """The row's own fields (`verifier_metadata`, `answer` …) come along."""

    model_config = ConfigDict(extra="allow")


class ClinicalVerifyResponse(BaseVerifyResponse):
    """The service's answer, whose fields NeMo-Gym reads by name."""

    model_config = ConfigDict(extra="allow")

    reward_components: dict[str, float]


class ClinicalConfig(BaseResourcesServerConfig):
    """No settings of its own."""


class ClinicalResourcesServer(SimpleResourcesServer):
    """Verifies by asking the service."""

    config: ClinicalConfig

    async def verify(self, body: ClinicalVerifyRequest) -> ClinicalVerifyResponse:
        """The service's verdict. Raises httpx.HTTPError when there is none."""
        sent: dict[str, Any] = body.model_dump(mode="json")
        async with httpx.AsyncClient(timeout=150) as client:
            reply = await client.post(f"{URL}/stacks/nemo-gym/verify", json=sent)
        return ClinicalVerifyResponse.model_validate(reply.raise_for_status().json())


if __name__ == "__main__":
    ClinicalResourcesServer.run_webserver()
