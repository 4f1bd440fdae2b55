"""Print what a stage installs, one requirement a line: `python requirements.py PART [EXTRA ...]`.

service   what answers HTTP requests, and the extras of the package that are named, as in `otel`
files     what `clinical-reward score` and the like need on top, to read and write Parquet
trainer   the trainer, without what only the service needs: it scores over HTTP
"""

import re
import sys
import tomllib

SERVICE_ONLY = {
    "fastapi",
    "httptools",
    "prometheus-client",
    "pydantic-settings",
    "scispacy",
    "spacy",
    "uvicorn",
    "uvloop",
}

FILES_ONLY = {"pyarrow"}


def main(part: str, *extras: str) -> None:
    with open("pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    every = project["dependencies"]
    optional = project["optional-dependencies"]
    if unknown := sorted(set(extras) - set(optional)):
        raise SystemExit(f"expected extras among {sorted(optional)}, got {unknown}")
    if part == "service":
        wanted = [line for line in every if _name(line) not in FILES_ONLY]
        wanted += [line for extra in extras for line in optional[extra]]
    elif part == "files":
        wanted = [line for line in every if _name(line) in FILES_ONLY]
    elif part == "trainer":
        wanted = [line for line in every if _name(line) not in SERVICE_ONLY]
        wanted += optional["trainer"]
    else:
        raise SystemExit(f"expected service, files or trainer, got {part}")
    print(*sorted(wanted), sep="\n")


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9_-]", requirement, maxsplit=1)[0].lower()


if __name__ == "__main__":
    main(*sys.argv[1:])
