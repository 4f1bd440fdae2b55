"""`crpo data`: question sets, the closed world, and another model's completions as rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from trainer.data import PromptStyle

data = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Turn question sets into the rows that training and evaluation read.",
)

Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE", help="JSONL, JSON, CSV or Parquet file, or a set's name on the hub."
    ),
]
Out = Annotated[Path, typer.Argument(metavar="OUT", help="Folder that is written to.")]
Split = Annotated[str, typer.Option(help="Split of a set on the hub.")]
TestSource = Annotated[
    str | None,
    typer.Option(
        "--test",
        help="File or name of a test set, taken whole [default: split off SOURCE]",
        show_default=False,
    ),
]
TestSplit = Annotated[
    str | None,
    typer.Option(help="The test set is this split of the set on the hub.", show_default=False),
]
HubConfig = Annotated[str | None, typer.Option("--config", help="Configuration on the hub.")]
Revision = Annotated[
    str | None, typer.Option(help="Commit, tag or branch on the hub.", show_default=False)
]
TestSize = Annotated[
    int | None,
    typer.Option(
        min=1, help="Test questions split off SOURCE [default: a tenth]", show_default=False
    ),
]
ColdStartSize = Annotated[
    int,
    typer.Option(min=0, help="Questions for a teacher to answer, disjoint from the other parts."),
]
TrainSize = Annotated[
    int | None,
    typer.Option(min=1, help="Training questions [default: all that are left]", show_default=False),
]
Seed = Annotated[int, typer.Option(help="Decides which question goes to which part.")]
Near = Annotated[
    float,
    typer.Option(
        min=0.3,
        max=1.0,
        help="Cosine of word triples from which two questions are near copies; 1 finds exact "
        "copies only.",
    ),
]
RemoveLeaks = Annotated[
    bool,
    typer.Option("--remove-leaks", help="Take training questions that stand in the test part out."),
]
Reference = Annotated[
    bool,
    typer.Option(
        "--reference",
        help="MedMCQA: the expert's explanation becomes the reference, whose key concepts count "
        "in coverage.",
    ),
]
KeyBase = Annotated[
    Literal["detect", "0", "1"], typer.Option(help="MedMCQA: what `cop` counts from.")
]
Plain = Annotated[
    bool, typer.Option("--plain", help="Prompts as plain text, for models without a chat template.")
]
Tags = Annotated[str, typer.Option(help="Tags around analysis and conclusion.")]
Parquet = Annotated[bool, typer.Option("--parquet", help="Write Parquet instead of JSONL.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace files that are there already.")
]


def _question_set(
    name: Literal["medqa", "medmcqa", "medxpertqa"],
    description: str,
    *,
    split: str = "train",
    config: str | None = None,
) -> None:
    """Add the command of a question set; they all have the same options."""

    def command(
        source: Source,
        out: Out,
        test: TestSource = None,
        split: Split = split,
        test_split: TestSplit = None,
        config: HubConfig = config,
        revision: Revision = None,
        test_size: TestSize = None,
        cold_start_size: ColdStartSize = 0,
        train_size: TrainSize = None,
        seed: Seed = 0,
        near: Near = 0.7,
        remove_leaks: RemoveLeaks = False,
        reference: Reference = False,
        key_base: KeyBase = "detect",
        plain: Plain = False,
        tags: Tags = "dx,conclusion",
        parquet: Parquet = False,
        overwrite: Overwrite = False,
    ) -> None:
        from trainer.cli.data_view import show_parts
        from trainer.data import DataError, sets
        from trainer.data.prepare import Plan, prepare, write_parts
        from trainer.data.sources import load_records

        if name != "medmcqa" and (reference or key_base != "detect"):
            raise DataError(f"--reference and --key-base are for medmcqa, not for {name}")
        if test_size is not None and (test or test_split):
            raise DataError("--test-size splits a test part off; a test set is taken whole")
        style = _style(plain, tags)
        readers: dict[str, Callable[..., sets.Questions]] = {
            "medqa": sets.read_medqa,
            "medmcqa": partial(sets.read_medmcqa, key_base=key_base, reference=reference),
            "medxpertqa": sets.read_medxpertqa,
        }
        load = partial(load_records, config=config, revision=revision)
        train_set = readers[name](load(source, split=split), name=f"{name}-train")
        test_set = None
        if test or test_split:
            records = load(test or source, split=test_split or "test")
            test_set = readers[name](records, name=f"{name}-test")
        plan = Plan(
            test_size=test_size,
            cold_start_size=cold_start_size,
            train_size=train_size,
            seed=seed,
            near=None if near == 1.0 else near,
            remove_leaks=remove_leaks,
        )
        prepared = prepare(train_set, plan, test=test_set)
        files = write_parts(out, prepared, style, parquet=parquet, overwrite=overwrite)
        show_parts(prepared, files)

    command.__doc__ = description
    data.command(name)(command)


_question_set(
    "medqa",
    """MedQA (USMLE), with five or four options: question, options, answer_idx.

    Copies are taken out, the rest is dealt out to parts by the seed, and questions of the training
    part that stand in the test part too, exactly or nearly, are listed in OUT/report.json.

    \b
    Examples:
      crpo data medqa train.jsonl data/medqa --test test.jsonl --remove-leaks
      crpo data medqa train.jsonl data/medqa --cold-start-size 5000 --train-size 5000
      crpo data medqa GBaker/MedQA-USMLE-4-options data/medqa --test-split test
    """,
)
_question_set(
    "medmcqa",
    """MedMCQA, with four options: question, opa to opd, cop, exp.

    \b
    Examples:
      crpo data medmcqa train.json data/medmcqa --test dev.json --reference
      crpo data medmcqa openlifescienceai/medmcqa data/medmcqa --test-split validation
    """,
)
_question_set(
    "medxpertqa",
    """MedXpertQA, its text part, with up to ten options: id, question, options, label.

    \b
    Examples:
      crpo data medxpertqa dev.jsonl data/medxpertqa --test test.jsonl
      crpo data medxpertqa TsinghuaC3I/MedXpertQA data/medxpertqa --test-split test
    """,
    split="dev",
    config="Text",
)


@data.command()
def world(
    out: Out,
    seed: Annotated[int, typer.Option(help="Decides diseases, cases and wording.")] = 0,
    train: Annotated[int, typer.Option(min=1, help="Training cases.")] = 2000,
    test: Annotated[int, typer.Option(min=1, help="Test cases.")] = 200,
    language: Annotated[
        int, typer.Option(min=0, help="Rows with faultless reasoning, learnt first.")
    ] = 19_200,
    cold_start: Annotated[
        int, typer.Option(min=0, help="Rows with faulty reasoning, learnt next.")
    ] = 18_000,
) -> None:
    """A closed clinical world made from HPO's disease annotations, and a small policy for it.

    Vignettes with four options, no case in two parts; reasoning to imitate, first faultless, then
    with faults; a tokenizer and a random policy in OUT/policy.

    \b
    Examples:
      crpo data world data/world
      crpo data world data/small --train 200 --test 50 --language 0 --cold-start 0 --seed 1
    """
    from trainer.world import write_world

    made = write_world(
        out, seed=seed, train=train, test=test, language=language, cold_start=cold_start
    )
    typer.echo(
        f"{out}: {len(made.diseases)} diseases, {len(made.findings)} findings; {train} training "
        f"and {test} test cases, {language} language and {cold_start} cold-start rows, a policy"
    )


@data.command()
def distil(
    questions: Annotated[
        Path, typer.Argument(metavar="QUESTIONS", help="Rows, as in cold_start_questions.jsonl.")
    ],
    completions: Annotated[
        Path,
        typer.Argument(
            metavar="COMPLETIONS",
            help="The teacher's: JSONL, JSON, CSV or Parquet with the columns id and completion.",
        ),
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="JSONL or Parquet file.")],
    url: Annotated[str, typer.Option(help="Where the reward service listens.")] = (
        "http://127.0.0.1:8000"
    ),
    key_env: Annotated[
        str | None,
        typer.Option(help="Environment variable with the service's key.", show_default=False),
    ] = None,
    min_faithfulness: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Least faithfulness.")
    ] = 0.0,
    min_words: Annotated[int, typer.Option(min=0, help="Shortest analysis, in words.")] = 30,
    max_words: Annotated[int, typer.Option(min=1, help="Longest analysis, in words.")] = 400,
    per_question: Annotated[
        int, typer.Option(min=1, help="Most completions of a question; the most faithful first.")
    ] = 2,
    plain: Plain = False,
    tags: Tags = "dx,conclusion",
) -> None:
    """Cold-start rows from another model's completions: those with the right answer.

    Every completion is scored by the reward service; those that are right, long enough and
    faithful enough become rows with `completion`, in the form that the prompt asks for.

    \b
    Examples:
      crpo data distil cold_start_questions.jsonl teacher.jsonl cold_start.jsonl
    """
    from trainer.data.distil import Choice
    from trainer.data.distil import distil as chosen
    from trainer.data.rows import read_rows, write_rows
    from trainer.data.teacher import join_completions
    from trainer.training.service import client_for

    items = join_completions(read_rows(questions), completions)
    choice = Choice(
        min_words=min_words,
        max_words=max_words,
        min_faithfulness=min_faithfulness,
        per_question=per_question,
    )
    with client_for(url, key_env) as client:
        rows = list(chosen(items, client, choice=choice, style=_style(plain, tags)))
    write_rows(out, rows)
    total = sum(len(item["completions"]) for item in items)
    typer.echo(f"{out}: {len(rows)} of {total} completions, of {len(items)} questions")


def _style(plain: bool, tags: str) -> PromptStyle:
    from trainer.data import DataError, PromptStyle

    names = tuple(name.strip() for name in tags.split(","))
    if len(names) != 2:
        raise DataError(f"--tags: expected two names as in dx,conclusion; got {tags!r}")
    return PromptStyle("plain" if plain else "chat", (names[0], names[1]))
