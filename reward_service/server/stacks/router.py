"""All routes of other stacks."""

from __future__ import annotations

from fastapi import APIRouter

from reward_service.server.routes import Service
from reward_service.server.stacks.llama_factory import add_llama_factory
from reward_service.server.stacks.nemo_gym import add_nemo_gym
from reward_service.server.stacks.openrlhf import add_openrlhf
from reward_service.server.stacks.questions import Questions
from reward_service.server.stacks.slime import add_slime


def build_stacks_router(service: Service, questions: Questions) -> APIRouter:
    """`/stacks/…` over one service; `questions` are those of REWARD_QUESTIONS."""
    router = APIRouter()
    add_openrlhf(router, service)
    add_slime(router, service)
    add_nemo_gym(router, service)
    add_llama_factory(router, service, questions)
    return router
