"""The form of the page as a request of the wire format, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from reward_service.wire import Item

_OPTION = re.compile(r"^[ \t]*\(?([A-Za-z])[).:=][ \t]*(\S.*?)[ \t]*$")
_WEIGHT = "weight-"


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed. `options`: a line each, "A: Gout". `weights`: by objective, as typed."""

    question: str = ""
    options: str = ""
    answer: str = ""
    context: str = ""
    reference: str = ""
    completions: tuple[str, ...] = ()
    weights: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, body: bytes) -> Form:
        """The fields of an urlencoded body. Raises UnicodeDecodeError, ValueError (too many)."""
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100
        )
        one = {name: _lines(value) for name, value in fields}
        return cls(
            question=one.get("question", ""),
            options=one.get("options", ""),
            answer=one.get("answer", ""),
            context=one.get("context", ""),
            reference=one.get("reference", ""),
            completions=tuple(
                _lines(v) for name, v in fields if name == "completion" and v.strip()
            ),
            weights=tuple(
                (name.removeprefix(_WEIGHT), value.strip())
                for name, value in sorted(one.items())
                if name.startswith(_WEIGHT) and value.strip()
            ),
        )

    @classmethod
    def of_item(cls, item: Item, texts: Sequence[str]) -> Form:
        """The form that asks for an item with these completions."""
        answer = item.answer if isinstance(item.answer, str) else ", ".join(item.answer or ())
        return cls(
            question=item.question or "",
            options="\n".join(f"{k}: {v}" for k, v in (item.options or {}).items()),
            answer=answer,
            context=item.context or "",
            reference=item.reference or "",
            completions=tuple(texts),
        )

    def request(self) -> dict[str, Any]:
        """The body of `POST /score` that asks the same, with explanations.

        Without options the question may hold them, as a pasted prompt does. Raises FormError.
        """
        if not self.question.strip():
            raise FormError("the case is empty: paste the case with its question")
        if not self.completions:
            raise FormError("there is no completion: paste at least one")
        options = self._options()
        letters = [part.strip() for part in self.answer.split(",")]
        several = options is not None and len(letters) > 1 and set(letters) <= options.keys()
        item = {
            "question" if options else "prompt": self.question,
            "options": options,
            "answer": letters if several else self.answer.strip() or None,
            "context": self.context.strip() or None,
            "reference": self.reference.strip() or None,
            "completions": list(self.completions),
        }
        return {"items": [item], "weights": self._weights(), "explain": True}

    def _options(self) -> dict[str, str] | None:
        found: dict[str, str] = {}
        for number, line in enumerate(self.options.splitlines(), 1):
            if not line.strip():
                continue
            match = _OPTION.match(line)
            if match is None:
                raise FormError(
                    f"options, line {number}: expected a letter and a text, as in A: Gout"
                )
            letter = match[1].upper()
            if letter in found:
                raise FormError(f"options, line {number}: {letter} stands twice")
            found[letter] = match[2]
        return found or None

    def _weights(self) -> dict[str, float] | None:
        weights = {}
        for name, text in self.weights:
            try:
                weights[name] = float(text)
            except ValueError:
                raise FormError(f"weight of {name}: expected a number") from None
        return weights or None


class FormError(ValueError):
    """What was typed is no request; the message says which field and what was expected."""


def _lines(text: str) -> str:
    """Browsers send line ends as CR LF."""
    return text.replace("\r\n", "\n")
