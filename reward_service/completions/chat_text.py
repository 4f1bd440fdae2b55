"""Chat-template text back into turns: what some callers send is one string of control tokens.

Known are ChatML (Qwen and most others), Llama 3, Llama 2 and Mistral, Gemma, Phi, and plain
`Human: … Assistant:` headings. What a policy generates may hold such tokens too, so whoever wants
a completion asks for what follows a known prompt (`reply_to`), never for the last turn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from reward_service.wire.request import Message

_HEADER = re.compile(
    r"<\|im_start\|>[ \t]{0,4}(?P<chatml>[A-Za-z]{1,20})[^\n<]{0,40}\n?"
    r"|<\|start_header_id\|>\s{0,4}(?P<llama>[A-Za-z]{1,20})\s{0,4}<\|end_header_id\|>\s{0,2}"
    r"|<start_of_turn>\s{0,4}(?P<gemma>[A-Za-z]{1,20})\n?"
    r"|<\|turn>\s{0,4}(?P<gemma4>[A-Za-z]{1,20})\n?"
    r"|<\|(?P<phi>system|user|assistant)\|>\n?"
    r"|\[(?P<mistral>/?INST|SYSTEM_PROMPT)\]"
)
_PLAIN_HEADER = re.compile(
    r"^[ \t]{0,4}(?P<plain>System|Human|User|Assistant)[ \t]?:[ \t]?", re.MULTILINE
)
_END = re.compile(
    r"<\|(?:im_end|eot_id|eom_id|endoftext|end_of_text|begin_of_text|end|pad)\|>|<(?:end|start)_of_turn>"
    r"|<turn\|>|</?s>|<(?:bos|eos|pad)>|\[PAD\]|\[/SYSTEM_PROMPT\]|<\|finetune_right_pad_id\|>"
)
_LONGEST_END = 32  # characters
_SYSTEM_IN_USER = re.compile(r"\s*<<SYS>>(.{0,100000}?)<</SYS>>\s*", re.DOTALL)
_ROLES = {
    "model": "assistant",
    "human": "user",
    "inst": "user",
    "/inst": "assistant",
    "system_prompt": "system",
}
_TAIL = 240  # characters of a prompt that are enough to find it again


class Turn(NamedTuple):
    """A turn of a chat template: who speaks, and where in the text the words begin and end."""

    role: str
    start: int
    end: int


def chat_turns(text: str) -> list[Turn]:
    """The turns of a chat template, in order; empty when the text is none."""
    found = list(_HEADER.finditer(text))
    if not found:
        plain = list(_PLAIN_HEADER.finditer(text))
        roles = {match["plain"].lower() for match in plain}
        found = plain if "assistant" in roles and len(roles) > 1 else []
    turns = []
    for number, header in enumerate(found):
        stop = found[number + 1].start() if number + 1 < len(found) else len(text)
        end = _END.search(text, header.end(), stop)
        said = next(name for name in header.groups() if name).lower()
        role = _ROLES.get(said, said)
        turns.append(Turn(role, header.end(), end.start() if end else stop))
    return turns


def chat_messages(text: str) -> list[Message] | None:
    """A chat template's turns as messages, without an open last turn; None when it is none."""
    turns = chat_turns(text)
    if not turns:
        return None
    messages: list[Message] = []
    for turn in turns:
        content = text[turn.start : turn.end]
        system = _SYSTEM_IN_USER.match(content) if turn.role == "user" else None
        if system is not None:
            messages.append(Message(role="system", content=system[1].strip()))
            content = content[system.end() :]
        if turn.role != "assistant" or content.strip():
            messages.append(Message(role=turn.role, content=content.strip()))
    return messages or None


def prefilled(prompt: str) -> str:
    """What a prompt already puts into the assistant's mouth, as in `<think>\\n`; usually ""."""
    turns = chat_turns(prompt)
    return prompt[turns[-1].start :] if turns and turns[-1].role == "assistant" else ""


def without_end_tokens(text: str) -> str:
    """A generated text without the end-of-turn and padding tokens at its end."""
    kept = text
    while (last := _last_token(kept.rstrip())) is not None:
        kept = kept[:last].rstrip()
    return kept


def _last_token(text: str) -> int | None:
    """Where the control token begins that the text ends with."""
    for at in range(max(0, len(text) - _LONGEST_END), len(text)):
        token = _END.match(text, at)
        if token is not None and token.end() == len(text):
            return at
    return None


def reply_to(query: str, prompt: str) -> str | None:
    """The completion in `query` = prompt + completion; None when the prompt is not in there.

    Decoding tokens again may lose or gain spaces, and a long prompt may have been cut at its
    front, so after the exact prompt its words without spaces count, then its last 240 characters.
    """
    end = _end_of_prompt(query, prompt)
    return None if end is None else prefilled(prompt) + without_end_tokens(query[end:])


def _end_of_prompt(query: str, prompt: str) -> int | None:
    if query.startswith(prompt):
        return len(prompt)
    end = _end_without_spaces(query, prompt)
    tail = prompt[-_TAIL:]
    if end is None and tail.strip():
        at = query.find(tail)
        if at < 0:
            stripped = tail.rstrip()
            at, tail = query.find(stripped), stripped
        end = at + len(tail) if at >= 0 else None
    return end


def _end_without_spaces(query: str, prompt: str) -> int | None:
    """Where `prompt` ends in `query`, when both are read without white space and control tokens
    in front; None when they differ."""
    at = _skip_front(query)
    wanted = "".join(prompt[_skip_front(prompt) :].split())
    for character in wanted:
        while at < len(query) and query[at].isspace():
            at += 1
        if at == len(query) or query[at] != character:
            return None
        at += 1
    spaces = len(prompt) - len(prompt.rstrip())
    while spaces and at < len(query) and query[at].isspace():
        at, spaces = at + 1, spaces - 1
    return at if wanted else None


def _skip_front(text: str) -> int:
    at = 0
    while (token := _END.match(text, at)) is not None:
        at = token.end()
    return at


def as_messages(prompt: object) -> str | list[Message] | None:
    """A prompt of any caller as an item's `prompt`; None when it cannot be read.

    A string of a chat template becomes messages. Messages may hold their content in parts
    (`[{"type": "text", "text": …}]`), of which the texts count.
    """
    if isinstance(prompt, str):
        return (chat_messages(prompt) or prompt) if prompt.strip() else None
    if not isinstance(prompt, Sequence) or not prompt:
        return None
    messages = []
    for entry in prompt:
        content = _content(entry.get("content")) if isinstance(entry, dict) else None
        role = entry.get("role") if isinstance(entry, dict) else None
        if content is None or not isinstance(role, str):
            return None
        messages.append(Message(role=role, content=content))
    return messages


def _content(content: object) -> str | None:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    texts = [part.get("text") for part in content if isinstance(part, dict)]
    return "\n".join(text for text in texts if isinstance(text, str)) or None
