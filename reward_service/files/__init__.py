"""Scoring whole files: JSONL and Parquet in, one row per completion out.

`score_file` is the one entry; the command `clinical-reward score` is a face on it.
"""

from reward_service.files.errors import FileError
from reward_service.files.job import Finished, score_file
from reward_service.files.plan import FileJob, Mode
from reward_service.files.totals import Totals

__all__ = ["FileError", "FileJob", "Finished", "Mode", "Totals", "score_file"]
