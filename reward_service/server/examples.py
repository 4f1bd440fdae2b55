"""Examples for the OpenAPI document: one request, its answer, and errors.

The answer shows the shape, with every part filled in. Exact scores depend on the vocabulary's
version; `POST /score` with the same request shows today's.
"""

from __future__ import annotations

from typing import Any

from reward_service.wire.codes import ABSTENTION_MEANINGS, ErrorCode

_COMPLETION = (
    "<dx>Crushing chest pain without fever points to infarction; pericarditis is less likely "
    "because the pain is not pleuritic.</dx><conclusion>\\boxed{B}</conclusion>"
)
_QUESTION = (
    "A 54-year-old man has had crushing chest pain for 2 hours. He has no fever. Which of the "
    "following is the most likely diagnosis?"
)

MESSAGE = {"role": "assistant", "content": _COMPLETION}
ITEM = {
    "id": "q-17",
    "question": _QUESTION,
    "options": {"A": "Pericarditis", "B": "Myocardial infarction"},
    "answer": "B",
    "completions": [_COMPLETION],
}
SCORE_REQUEST = {"items": [ITEM], "explain": True}

SPAN = {"start": 4, "end": 23, "text": _COMPLETION[4:23]}
CASE_SPAN = {"start": 26, "end": 45, "text": _QUESTION[26:45], "field": "question"}
EVIDENCE = {
    "outcome": "matched",
    "completion": SPAN,
    "case": CASE_SPAN,
    "concept": "HP:0100749",
    "name": "Chest pain",
    "polarity": "present",
    "weight": 0.5,
    "earned": 0.5,
}
_SECOND_EVIDENCE = {
    "outcome": "matched",
    "completion": {"start": 32, "end": 37, "text": _COMPLETION[32:37]},
    "case": {"start": 68, "end": 73, "text": _QUESTION[68:73], "field": "question"},
    "concept": "HP:0001945",
    "name": "Fever",
    "polarity": "absent",
    "weight": 0.5,
    "earned": 0.5,
}
OBJECTIVE_EXPLANATION = {
    "score": 1.0,
    "formula": "2 of 2 claims supported = 1.0",
    "evidence": [EVIDENCE, _SECOND_EVIDENCE],
}
EXPLANATION = {
    "text": _COMPLETION,
    "case_texts": {"question": _QUESTION},
    "sections": {"analysis": {"start": 4, "end": 125, "text": _COMPLETION[4:125]}},
    "answers": ["B"],
    "objectives": {"faithfulness": OBJECTIVE_EXPLANATION},
}
SCORE = {
    "objectives": {"accuracy": 1.0, "structure": 1.0, "faithfulness": 1.0, "coverage": None},
    "abstentions": {"coverage": "no_findings_in_case"},
    "reward": 11.0,
    "metrics": {"hallucination_rate": 0.0, "contradiction_rate": 0.0, "words": 19.0},
    "explanation": EXPLANATION,
}
ITEM_SCORES = {"id": "q-17", "scores": [SCORE]}
SCORER = {
    "version": "0.1.0",
    "pipeline": "embedded",
    "vocabulary": "2026.1",
    "fingerprint": "5f0c9a41d2b7",
}
SCORE_RESPONSE = {"items": [ITEM_SCORES], "scorer": SCORER}

OBJECTIVE_INFO = {
    "name": "accuracy",
    "summary": "1 if the completion commits to exactly the keyed answer, else 0.",
    "range": [0.0, 1.0],
    "default_weight": 10.0,
    "weight": 10.0,
    "metrics": {},
    "abstentions": ["no_answer_key"],
}
LIMITS = {
    "items": 256,
    "completions": 4096,
    "body_bytes": 8_000_000,
    "queue_items": 1024,
    "queue_chars": 64_000_000,
}
DESCRIPTION = {
    "objectives": [OBJECTIVE_INFO],
    "metrics": {"words": "words of the completion"},
    "abstentions": {code.value: meaning for code, meaning in ABSTENTION_MEANINGS.items()},
    "scorer": SCORER,
    "limits": LIMITS,
}

ERROR_DETAIL = {
    "path": "items[0].completions[2]",
    "message": "expected a string or a list of chat messages, got a number",
}

_ERRORS: dict[ErrorCode, tuple[str, list[dict[str, str]]]] = {
    ErrorCode.UNAUTHORIZED: ("a key is needed: send Authorization: Bearer KEY", []),
    ErrorCode.FORBIDDEN: ("this key lacks the role 'score'", []),
    ErrorCode.NOT_FOUND: ("not found", []),
    ErrorCode.METHOD_NOT_ALLOWED: ("method not allowed", []),
    ErrorCode.TOO_LARGE: ("the body is larger than the limit of 8000000 bytes", []),
    ErrorCode.INVALID_REQUEST: (
        f"{ERROR_DETAIL['path']}: {ERROR_DETAIL['message']}",
        [ERROR_DETAIL],
    ),
    ErrorCode.OVERLOADED: ("1024 items are waiting or being scored", []),
    ErrorCode.INTERNAL: ("an unexpected error; the log has it under the request id", []),
    ErrorCode.NOT_READY: ("the scorer is not loaded", []),
    ErrorCode.TIMEOUT: ("the request took longer than 120 s", []),
}


def error_body(code: ErrorCode) -> dict[str, Any]:
    """A whole error body as it may look for a code."""
    message, details = _ERRORS[code]
    return {"error": {"code": code.value, "message": message, "details": details}}


BY_SCHEMA: dict[str, Any] = {
    "Message": MESSAGE,
    "Item": ITEM,
    "ScoreRequest": SCORE_REQUEST,
    "Span": SPAN,
    "CaseSpan": CASE_SPAN,
    "Evidence": EVIDENCE,
    "ObjectiveExplanation": OBJECTIVE_EXPLANATION,
    "Explanation": EXPLANATION,
    "Score": SCORE,
    "ItemScores": ITEM_SCORES,
    "Scorer": SCORER,
    "ScoreResponse": SCORE_RESPONSE,
    "ObjectiveInfo": OBJECTIVE_INFO,
    "Description": DESCRIPTION,
    "LimitsInfo": LIMITS,
    "Health": {"status": "ok"},
    "Abstention": "no_answer_key",
    "Outcome": "matched",
    "ErrorCode": "invalid_request",
    "ErrorDetail": ERROR_DETAIL,
    "ErrorInfo": error_body(ErrorCode.INVALID_REQUEST)["error"],
    "ErrorBody": error_body(ErrorCode.INVALID_REQUEST),
}
"""Schema of the OpenAPI document → an example that fits it."""
