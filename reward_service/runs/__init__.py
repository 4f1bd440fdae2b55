"""Reading runs: scored Parquet files, and the folders that training leaves.

    list_runs → Entry → opened → summary_of, table_of, read_row

Rows stay in their files; DuckDB (the extra `runs`) answers from them. Nothing here scores.
"""

from reward_service.runs.errors import NoSuchRun, RunsError
from reward_service.runs.listing import Entry, Kind, Listing, entry_at, find_run, list_runs

__all__ = [
    "Entry",
    "Kind",
    "Listing",
    "NoSuchRun",
    "RunsError",
    "entry_at",
    "find_run",
    "list_runs",
]
