"""Text out of chat messages."""

from __future__ import annotations

from collections.abc import Sequence

from reward_service.completions.chat_text import chat_messages
from reward_service.wire.request import Message

SEPARATOR = "\n\n"


def completion_text(completion: str | Sequence[Message]) -> str:
    """What the policy said: the assistant's messages, joined by a blank line.

    Without any assistant message all messages are taken. Character offsets of a completion refer
    to this text.
    """
    if isinstance(completion, str):
        return completion
    spoken = [m.content for m in completion if _role(m) == "assistant"]
    return SEPARATOR.join(spoken or [m.content for m in completion])


def prompt_text(prompt: str | Sequence[Message]) -> str:
    """What the policy was asked: the last user message; the last message if no user speaks.

    Text of a chat template is read as its messages, other text stays as it is.
    """
    if isinstance(prompt, str):
        messages = chat_messages(prompt)
        if messages is None:
            return prompt
        prompt = messages
    asked = [m.content for m in prompt if _role(m) == "user"]
    return (asked or [m.content for m in prompt] or [""])[-1]


def _role(message: Message) -> str:
    return message.role.strip().lower()
