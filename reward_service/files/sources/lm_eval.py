"""Samples of lm-evaluation-harness (`--log_samples`): samples_TASK_DATE.jsonl.

Layout read from lm_eval 0.4.13 (evaluator.py builds a sample, loggers/evaluation_tracker.py writes
it) and checked with files that it wrote. One row per document and filter:

    doc_id, doc          the document, in its data set's own columns
    target               text: a letter, an option's text or an option's index
    arguments            {"gen_args_0": {"arg_0": PROMPT, "arg_1": {generation settings}}, …};
                         in memory and in older files a list of [PROMPT, settings]
    resps                [[TEXT, …]] of a generation, [[[LOGLIKELIHOOD, IS_GREEDY]], …] else
    filtered_resps, filter, metrics …

The text that is scored is `resps`: what the model said, before filters cut an answer out of it. A
task with several filters has the same text once for each; `--keep filter` tells them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reward_service.files.sources.base import Source
from reward_service.files.sources.messages import read_messages
from reward_service.files.sources.options import read_key
from reward_service.files.sources.questions import read_question
from reward_service.wire.errors import RequestError


def _matches(row: Mapping[str, Any]) -> bool:
    return "doc" in row and "resps" in row


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    doc = row.get("doc")
    doc = doc if isinstance(doc, Mapping) else {}
    requests = _requests(row.get("arguments"))
    if requests and not all(len(r) > 1 and isinstance(r[1], Mapping) for r in requests):
        raise RequestError(
            "a log-likelihood request: the model said nothing that could be scored; run the task "
            "with output_type generate_until",
            "resps",
        )
    fields = read_question(doc)
    if "question" not in fields or "options" not in fields:
        prompt = _prompt(requests)
        if prompt:
            # The case as the model saw it: its options stand in it, if there are any.
            fields = {"prompt": prompt}
    answer = read_key(row.get("target"), fields.get("options"))
    item_id = doc.get("id")
    return {
        **fields,
        "id": item_id if isinstance(item_id, str | int) else row.get("doc_id"),
        "answer": answer,
        "completions": _texts(row.get("resps")),
    }


def _requests(arguments: Any) -> list[list[Any]]:
    if isinstance(arguments, Mapping):
        arguments = [list(a.values()) for a in arguments.values() if isinstance(a, Mapping)]
    return [list(a) for a in arguments or () if isinstance(a, list | tuple)]


def _prompt(requests: list[list[Any]]) -> Any:
    if not requests:
        return None
    prompt = requests[0][0]
    if isinstance(prompt, list) and len(prompt) == 1:  # a chat, as JSON text in a tuple of one
        prompt = prompt[0]
    return read_messages(prompt)


def _texts(resps: Any) -> list[str]:
    texts = []
    for request in resps if isinstance(resps, list) else ():
        texts += [text for text in (request if isinstance(request, list) else [request])]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise RequestError("expected the model's texts, as in [[text]]", "resps")
    return texts


LM_EVAL = Source(
    "lm-eval", frozenset({"doc_id", "doc", "target", "arguments", "resps"}), _matches, _fields
)
