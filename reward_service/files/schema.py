"""The columns of an output: names, types, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
import pyarrow as pa

from reward_service.files.records import METRIC_PREFIX
from reward_service.files.scoring import Facts, RowOptions

METADATA_KEY = b"clinical_reward"
FINGERPRINT_KEY = b"clinical_reward.fingerprint"
DESCRIPTION_KEY = b"description"
_ARROW_TYPES = {
    ("boolean",): pa.bool_(),
    ("integer",): pa.int64(),
    ("number",): pa.float64(),
    ("integer", "number"): pa.float64(),
}


def output_schema(
    facts: Facts, kept: Mapping[str, list[str]], options: RowOptions, job: object
) -> pa.Schema:
    """The columns of a Parquet or Arrow output; each says in its metadata what it means.

    A kept column is a number or a truth value if all its values are; otherwise it is a string, and
    values that are not strings stand in it as JSON. The schema's own metadata holds the run
    (`clinical_reward`, JSON) and its scorer's fingerprint (`clinical_reward.fingerprint`).
    """
    fields = []
    if options.files is not None:
        fields.append(_field("file", pa.string(), "the input file that the row comes from"))
    fields += [
        _field("row", pa.int64(), "line or row of the input file, from 1"),
        _field("id", pa.string(), "the item's id"),
        _field("completion_index", pa.int32(), "which of the row's completions, from 0"),
    ]
    for name in options.keep:
        kind = _ARROW_TYPES.get(tuple(kept.get(name, ())), pa.string())
        fields.append(_field(name, kind, "copied from the input"))
    fields += [_field(name, pa.float64(), _meaning(name)) for name in facts.numbers]
    codes = pa.struct([(name, pa.string()) for name in facts.objectives])
    fields.append(_field("abstentions", codes, "why an objective is null, by objective"))
    if options.explain:
        fields.append(_field("explanation", pa.string(), "the evidence behind the score, as JSON"))
    metadata = {
        METADATA_KEY: orjson.dumps(job),
        FINGERPRINT_KEY: facts.scorer.get("fingerprint", "").encode(),
    }
    return pa.schema(fields, metadata=metadata)


def _field(name: str, kind: pa.DataType, meaning: str) -> pa.Field:
    return pa.field(name, kind, metadata={DESCRIPTION_KEY: meaning.encode()})


def _meaning(name: str) -> str:
    if name == "reward":
        return "weighted sum of the judged objectives; null if none was judged"
    if name.startswith(METRIC_PREFIX):
        return f"the metric {name.removeprefix(METRIC_PREFIX)}; null if it has no value here"
    return f"the objective {name}, from 0 to 1; null if it was not judged, never instead of 0"
