"""From published question sets to rows that training and evaluation read.

question sets (medqa, medmcqa, medxpertqa) → Question → Row {"prompt", "item", …} → JSONL, Parquet

rows = read_rows("train.jsonl", limit=100)
"""

from trainer.data.errors import DataError
from trainer.data.prompts import PromptStyle
from trainer.data.questions import Question
from trainer.data.rows import Row, make_row, read_rows, write_rows

__all__ = [
    "DataError",
    "PromptStyle",
    "Question",
    "Row",
    "make_row",
    "read_rows",
    "write_rows",
]
