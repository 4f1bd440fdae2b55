"""Questions that are the same, or nearly: within a set, and between two.

Exact copies have the same `identity` (stem and options, normalised, options in any order). Near
copies are found by the cosine between TF-IDF vectors of word triples, over stem and options: a
changed word costs three triples of a question, a changed order of sentences almost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.data.questions import Question, identity, keyed_text

NEAR = 0.7

# A triple that very many questions share ("which of the") says nothing and costs the square of its
# frequency.
_MOST_FREQUENT = 200
_BLOCK_ROWS = 2048


@dataclass(frozen=True)
class Pair:
    """Two questions that are alike.

    Attributes:
        first: Id of the first; for leakage the one in the training part.
        second: Id of the second; for leakage the one in the test part.
        similarity: 1.0 for an exact copy, else the cosine, rounded to 3 digits.
    """

    first: str
    second: str
    similarity: float


@dataclass(frozen=True)
class Distinct:
    """Questions without their copies.

    Attributes:
        questions: The first of every group of copies.
        exact: Copies left out, with the one that stays first.
        conflicting: Copies with another key: neither of them is kept.
        near: Near copies with the same keyed option, left out in the same way.
    """

    questions: tuple[Question, ...]
    exact: tuple[Pair, ...]
    conflicting: tuple[Pair, ...]
    near: tuple[Pair, ...]


def distinct(questions: Sequence[Question], *, near: float | None = NEAR) -> Distinct:
    """`questions` without exact copies and, unless `near` is None, without near ones.

    A near copy with another keyed option stays: it asks for the difference.
    """
    first_of: dict[str, Question] = {}
    exact: list[Pair] = []
    conflicting: list[Pair] = []
    refused: set[str] = set()
    for question in questions:
        key = identity(question)
        first = first_of.setdefault(key, question)
        if first is question:
            continue
        if keyed_text(first) == keyed_text(question):
            exact.append(Pair(first.id, question.id, 1.0))
        else:
            conflicting.append(Pair(first.id, question.id, 1.0))
            refused.add(key)
    kept = [question for key, question in first_of.items() if key not in refused]
    near_pairs = [] if near is None else _near_copies(kept, near)
    copies = {pair.second for pair in near_pairs}
    return Distinct(
        questions=tuple(question for question in kept if question.id not in copies),
        exact=tuple(exact),
        conflicting=tuple(conflicting),
        near=tuple(near_pairs),
    )


def leaks(
    train: Sequence[Question], test: Sequence[Question], *, near: float | None = NEAR
) -> tuple[Pair, ...]:
    """Questions of `train` that stand in `test` too, exactly or nearly, the most alike first.

    Each with the test question that it is most like. Their keys do not matter: whoever has learned
    one of them has seen the other's case.
    """
    in_test = {identity(question): question for question in reversed(test)}
    closest = {
        question.id: Pair(question.id, in_test[identity(question)].id, 1.0)
        for question in train
        if identity(question) in in_test
    }
    near_pairs = [] if near is None else similar(train, test, near)
    for row, column, cosine in near_pairs:
        pair = Pair(train[row].id, test[column].id, cosine)
        if closest.setdefault(pair.first, pair).similarity < cosine:
            closest[pair.first] = pair
    return tuple(sorted(closest.values(), key=lambda pair: (-pair.similarity, pair.first)))


def similar(
    rows: Sequence[Question], columns: Sequence[Question], threshold: float
) -> list[tuple[int, int, float]]:
    """(i, j, cosine) for all rows[i], columns[j] whose cosine is at least `threshold`, in order."""
    if not rows or not columns:
        return []
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [identity(question).replace("\n", " ") for question in (*rows, *columns)]
    texts = [f"{text} ." for text in texts]  # so that the shortest text has a triple
    vectorizer = TfidfVectorizer(
        ngram_range=(3, 3), token_pattern=r"\S+", lowercase=False, max_df=_MOST_FREQUENT
    )
    if len(texts) <= _MOST_FREQUENT:
        vectorizer.set_params(max_df=1.0)
    vectors = vectorizer.fit_transform(texts)
    left, right = vectors[: len(rows)], vectors[len(rows) :].T.tocsc()
    found: list[tuple[int, int, float]] = []
    for start in range(0, len(rows), _BLOCK_ROWS):
        block = (left[start : start + _BLOCK_ROWS] @ right).tocoo()
        alike = block.data >= threshold
        found += [
            (start + int(row), int(column), round(float(cosine), 3))
            for row, column, cosine in zip(
                block.row[alike], block.col[alike], block.data[alike], strict=True
            )
        ]
    return sorted(found)


def _near_copies(questions: Sequence[Question], threshold: float) -> list[Pair]:
    """Later copies with the one that stays; a copy of a copy that went does not go with it."""
    pairs: list[Pair] = []
    gone: set[int] = set()
    for later, earlier, cosine in similar(questions, questions, threshold):
        if earlier >= later or later in gone or earlier in gone:
            continue
        if keyed_text(questions[earlier]) == keyed_text(questions[later]):
            gone.add(later)
            pairs.append(Pair(questions[earlier].id, questions[later].id, cosine))
    return pairs
