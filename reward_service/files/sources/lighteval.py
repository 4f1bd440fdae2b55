"""Details of lighteval: details/MODEL/DATE/details_TASK_DATE.parquet.

Layout read from lighteval 0.13 (logging/info_loggers.py `Detail`, tasks/requests.py `Doc`,
models/model_output.py `ModelResponse`) and checked with a table that its tracker wrote. One row per
document:

    doc              query (the prompt), choices, gold_index (an index or several), id …
    model_response   input, text (one text a sample), logprobs …
    metric           the harness's own scores

and, before version 0.10: full_prompt, choices, gold_index, predictions in columns of their own.
`choices` are the options' texts, or only their letters (then the texts stand in the query), or,
for a free answer, the gold texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reward_service.files.sources.base import Source
from reward_service.files.sources.messages import read_messages
from reward_service.files.sources.options import lettered
from reward_service.wire.errors import RequestError


def _matches(row: Mapping[str, Any]) -> bool:
    return {"doc", "model_response"} <= row.keys() or {"full_prompt", "predictions"} <= row.keys()


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    doc, response = row.get("doc"), row.get("model_response")
    if isinstance(doc, Mapping) and isinstance(response, Mapping):
        prompt, texts = doc.get("query"), response.get("text")
    else:
        doc, prompt, texts = row, row.get("full_prompt"), row.get("predictions")
    if isinstance(texts, str):
        texts = [texts]
    if not texts:
        raise RequestError(
            "no generated text (a log-likelihood task); expected it in model_response.text",
            "model_response.text",
        )
    options, answer = _key(doc.get("choices"), doc.get("gold_index"))
    item_id = doc.get("id")
    return {
        "id": item_id if isinstance(item_id, str | int) and item_id != "" else None,
        "prompt": read_messages(prompt),
        "options": options,
        "answer": answer,
        "completions": texts,
    }


def _key(choices: Any, gold: Any) -> tuple[dict[str, str] | None, Any]:
    """The options, if they are more than letters, and the key as letters or a free text."""
    choices = [str(choice).strip() for choice in choices or ()]
    golds = [gold] if isinstance(gold, int) else list(gold or ())
    if not choices or not golds or not all(0 <= index < len(choices) for index in golds):
        return None, None
    letters = list(lettered(choices))
    if [choice.upper().strip("().") for choice in choices] == letters:
        return None, _one_or_more([letters[index] for index in golds])
    if len(choices) == 1:
        return None, choices[0]
    if len(golds) == len(choices):
        # Texts of which any would do: no key that can be judged.
        return None, None
    return lettered(choices), _one_or_more([letters[index] for index in golds])


def _one_or_more(keys: list[str]) -> str | list[str]:
    return keys[0] if len(keys) == 1 else keys


LIGHTEVAL = Source(
    "lighteval",
    frozenset({"doc", "model_response", "full_prompt", "predictions", "choices", "gold_index"}),
    _matches,
    _fields,
)
