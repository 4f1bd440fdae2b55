"""A sentence encoder on one CPU thread: texts to vectors that do not depend on their batch.

Texts of equal length in tokens are encoded together, so nothing is padded. Vectors are means over
the tokens, of length 1 (as all-MiniLM and its relatives are trained), and rounded, which hides the
last bits in which processors differ.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

DIGITS = 4  # of a vector's numbers, and of a similarity
LONGEST = 64  # tokens of a text; clauses are shorter
_LARGEST_BATCH = 32
_TOKEN_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Encoder:
    """Encodes texts with a loaded ONNX session and tokenizer.

    `name` identifies the model by its files. The last `cache` texts keep their vectors. Not safe
    for threads.
    """

    def __init__(self, session: Any, tokenizer: Any, name: str, *, cache: int = 16_384) -> None:
        self.name = name
        self._session = session
        self._tokenizer = tokenizer
        self._inputs = frozenset(i.name for i in session.get_inputs())
        self._cache: OrderedDict[str, Floats] = OrderedDict()
        self._size = cache

    def __call__(self, texts: Sequence[str]) -> Floats:
        """One unit vector a text, in order: float32 of shape (len(texts), width)."""
        found = {text: self._cache[text] for text in texts if text in self._cache}
        found |= self._encode([text for text in dict.fromkeys(texts) if text not in found])
        for text in dict.fromkeys(texts):
            self._cache[text] = found[text]
            self._cache.move_to_end(text)
        while len(self._cache) > self._size:
            self._cache.popitem(last=False)
        return np.stack([found[text] for text in texts])

    def _encode(self, texts: list[str]) -> dict[str, Floats]:
        tokens = [self._tokenizer.encode(text).ids[:LONGEST] for text in texts]
        by_length: defaultdict[int, list[int]] = defaultdict(list)
        for i, ids in enumerate(tokens):
            by_length[len(ids)].append(i)
        vectors: dict[str, Floats] = {}
        for _, rows in sorted(by_length.items()):
            for start in range(0, len(rows), _LARGEST_BATCH):
                batch = rows[start : start + _LARGEST_BATCH]
                vectors_ND = self._run(np.array([tokens[i] for i in batch], dtype=np.int64))
                vectors |= {texts[i]: vectors_ND[n] for n, i in enumerate(batch)}
        return vectors

    def _run(self, ids_NT: npt.NDArray[np.int64]) -> Floats:
        values = (ids_NT, np.ones_like(ids_NT), np.zeros_like(ids_NT))
        given = dict(zip(_TOKEN_INPUTS, values, strict=True))
        states_NTD = self._session.run(
            None, {name: value for name, value in given.items() if name in self._inputs}
        )[0]
        means_ND = states_NTD.astype(np.float64).mean(axis=1)
        norms_N1 = np.linalg.norm(means_ND, axis=1, keepdims=True)
        unit_ND: Floats = np.round(means_ND / np.maximum(norms_N1, 1e-12), DIGITS)
        return unit_ND.astype(np.float32)
