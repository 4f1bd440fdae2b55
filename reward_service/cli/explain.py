"""`clinical-reward explain`: one completion with the evidence behind its scores."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from reward_service.cli.options import (
    Objectives,
    Pipeline,
    TagNames,
    Weights,
    names,
    scorer_factory,
)
from reward_service.wire.errors import RequestError

if TYPE_CHECKING:
    from reward_service.wire import Item


def explain(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="ITEM",
            help="An item: JSON text, a .json file, or a JSONL or Parquet file with --row; "
            "- for standard input.",
        ),
    ] = None,
    row: Annotated[int, typer.Option(min=1, help="Which row of the file.")] = 1,
    index: Annotated[int, typer.Option(min=0, help="Which of the row's completions.")] = 0,
    question: Annotated[str | None, typer.Option(help="Case and question.")] = None,
    question_file: Annotated[Path | None, typer.Option(help="File with case and question.")] = None,
    option: Annotated[
        list[str] | None, typer.Option(help="An answer option, as in A=Pneumonia; repeat it.")
    ] = None,
    answer: Annotated[str | None, typer.Option(help="The key: a letter or a text.")] = None,
    context: Annotated[str | None, typer.Option(help="More source text.")] = None,
    reference: Annotated[str | None, typer.Option(help="An expert's rationale.")] = None,
    completion: Annotated[
        str | None, typer.Option(help="The completion [default: standard input]")
    ] = None,
    completion_file: Annotated[Path | None, typer.Option(help="File with the completion.")] = None,
    objectives: Objectives = None,
    weights: Weights = None,
    pipeline: Pipeline = None,
    tags: TagNames = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="List every piece of evidence, not the first of each kind."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the score with its explanation as JSON.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write one self-contained HTML file instead.")
    ] = None,
) -> None:
    """Score one completion and show why: coloured spans, and every objective as a sum.

    \b
    Examples:
      clinical-reward explain rollouts.jsonl --row 17 --index 2
      clinical-reward explain rollouts.jsonl --row 17 --html why.html
      clinical-reward explain --question-file case.txt --option A=Gout --option B=Sepsis \\
          --answer B < completion.txt
    """
    from reward_service.files.records import item_of
    from reward_service.settings import Settings
    from reward_service.wire import ScoreRequest

    if source is not None:
        item = _choose(item_of(_read_row(source, row)), index)
    else:
        item = item_of(
            {
                "question": _text("question", question, question_file),
                "options": dict(_split_option(text) for text in option) if option else None,
                "answer": answer,
                "context": context,
                "reference": reference,
                "completions": [_completion(completion, completion_file)],
            }
        )
    settings = Settings.load(pipeline=pipeline, tags=tags, weights=weights)
    request = ScoreRequest(
        items=[item],
        objectives=None if objectives is None else list(names(objectives) or ()),
        weights=settings.weights or None,
        explain=True,
    )
    response = scorer_factory(settings)().score(request)
    score = response.items[0].scores[0]
    if as_json:
        data = {"scorer": response.scorer.model_dump(), **score.model_dump(mode="json")}
        typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2))
    elif score.explanation is None:
        codes = sorted({code.value for code in score.abstentions.values()})
        typer.echo(f"nothing to explain: the completion was not judged ({', '.join(codes)})")
    elif html is not None:
        from reward_service.objectives.registry import objectives as registered
        from reward_service.web.form import Form
        from reward_service.web.render import Shown, explanation_page

        paid = {name: o.default_weight for name, o in registered().items()}
        shown = Shown(response.scorer, {**paid, **settings.weights}, inline=True)
        title = item.id or "completion"
        page = explanation_page(shown, [score], Form(), title=title, names=["completion"])
        html.write_text(page, "utf-8")
        typer.echo(f"wrote {html}", err=True)
    else:
        from rich.console import Console

        from reward_service.cli.explain_terminal import show

        show(score, Console(highlight=False), most=None if everything else 8)


def _read_row(source: str, row: int) -> dict[str, Any]:
    """The row of a file, of standard input, or of JSON text on the command line."""
    from reward_service.files.formats import STDIO
    from reward_service.files.records import row_data
    from reward_service.files.rows import Row, open_rows

    if source.lstrip().startswith("{"):
        return row_data(Row(1, source.encode()))
    path = Path(source)
    if source != STDIO and path.suffix == ".json" and path.is_file():
        # A .json file is often one object over several lines; a list of objects counts as rows.
        content = path.read_bytes()
        try:
            whole = orjson.loads(content)
        except orjson.JSONDecodeError:
            whole = None
        if isinstance(whole, dict):
            return whole
        if isinstance(whole, list) and len(whole) >= row and isinstance(whole[row - 1], dict):
            return dict(whole[row - 1])
    for batch in open_rows(source).batches(after=row - 1):
        if batch[0].number != row:
            break
        return row_data(batch[0])
    raise RequestError(f"{source}: has no row {row}")


def _choose(item: Item, index: int) -> Item:
    if index >= len(item.completions):
        raise RequestError(f"--index {index}: the row has {len(item.completions)} completions")
    return item.model_copy(update={"completions": [item.completions[index]]})


def _text(name: str, text: str | None, path: Path | None) -> str:
    if (text is None) == (path is None):
        raise RequestError(f"give an ITEM, or one of --{name} and --{name}-file")
    if path is None:
        assert text is not None
        return text
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"--{name}-file {path}: {error}") from error


def _completion(text: str | None, path: Path | None) -> str:
    if text is None and path is None:
        return sys.stdin.read()
    return _text("completion", text, path)


def _split_option(text: str) -> tuple[str, str]:
    letter, equals, words = text.partition("=")
    if not equals or not letter.strip():
        raise RequestError(f"--option {text}: expected LETTER=TEXT, as in A=Pneumonia")
    return letter.strip(), words.strip()
