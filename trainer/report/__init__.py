"""Run folders as one HTML page with figures.

write_report([Path("runs/tiny-crpo")], Path("runs/tiny-crpo/report.html"))
"""

from trainer.report.errors import ReportError
from trainer.report.metrics import Series, read_metrics
from trainer.report.run_folder import Run, read_run, read_runs
from trainer.report.write import write_report

__all__ = [
    "ReportError",
    "Run",
    "Series",
    "read_metrics",
    "read_run",
    "read_runs",
    "write_report",
]
