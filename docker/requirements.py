"""Print what an image installs, one requirement a line: `python requirements.py service|trainer`.

The trainer's image leaves out what only the service needs; it scores over HTTP.
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


def main(part: str) -> None:
    with open("pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    wanted = list(project["dependencies"])
    if part == "trainer":
        wanted = [line for line in wanted if _name(line) not in SERVICE_ONLY]
        wanted += project["optional-dependencies"]["trainer"]
    print(*sorted(wanted), sep="\n")


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9_-]", requirement, maxsplit=1)[0].lower()


if __name__ == "__main__":
    main(sys.argv[1])
