"""A case and its options out of a row of a medical question set, by the names that are in use.

question, options            MedQA and most others; options in any shape that `options` reads
sent1 (sent2), ending0 …     MedQA in the layout of SWAG
question, opa … ope          MedMCQA
question, choices            MMLU and its relatives
question, A … E              tables with a column an option
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reward_service.files.sources.options import lettered, read_options

_QUESTIONS = ("question", "sent1", "query", "stem")
_OPTION_LISTS = ("options", "choices")
_OPTION_COLUMNS = (
    ("opa", "opb", "opc", "opd", "ope"),
    ("ending0", "ending1", "ending2", "ending3", "ending4"),
    ("option_a", "option_b", "option_c", "option_d", "option_e"),
    ("A", "B", "C", "D", "E"),
)


def read_question(doc: Mapping[str, Any]) -> dict[str, Any]:
    """`question` and `options` of a row, as far as they are there; `context` if it is a text."""
    fields: dict[str, Any] = {}
    question = next((doc[n] for n in _QUESTIONS if isinstance(doc.get(n), str) and doc[n]), None)
    if question is not None:
        more = doc.get("sent2") if "sent1" in doc else None
        fields["question"] = f"{question} {more}" if more else question
    options = _options(doc)
    if options:
        fields["options"] = options
    if isinstance(doc.get("context"), str):
        fields["context"] = doc["context"]
    return fields


def _options(doc: Mapping[str, Any]) -> dict[str, str] | None:
    found = [read_options(doc[name]) for name in _OPTION_LISTS if doc.get(name)]
    for names in _OPTION_COLUMNS:
        texts = [doc[name] for name in names if doc.get(name) is not None]
        if len(texts) > 1:
            found.append(lettered(texts))
    for options in found:
        if isinstance(options, dict) and all(isinstance(v, str) for v in options.values()):
            return options
    return None
