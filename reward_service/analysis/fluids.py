"""Which body fluid a laboratory value was measured in, where it is not blood."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from itertools import compress
from typing import NamedTuple

from reward_service.analysis.quantities import Quantity
from reward_service.text.tokenizer import Tokens


class Fluid(NamedTuple):
    """A fluid, by the prefix that its quantities get."""

    prefix: str  # "" for blood
    reach: int = 300  # characters after the cue in which values are this fluid's
    only: frozenset[str] = frozenset()  # quantities that are meant; all if empty

    def holds(self, quantity: Quantity) -> bool:
        """Whether the quantity is one of this fluid (never for blood, where each is meant)."""
        return (
            bool(self.prefix) and quantity.fluid and (not self.only or quantity.name in self.only)
        )

    def name(self, quantity: Quantity) -> str:
        """The quantity's name with this fluid's prefix."""
        return self.prefix + quantity.name if self.holds(quantity) else quantity.name


BLOOD = Fluid("")

_ACIDITY = frozenset({"ph", "osmolality"})
_FLUIDS: dict[str, Fluid] = {
    "serum": BLOOD,
    "plasma": BLOOD,
    "blood": BLOOD,
    # What goes on to speak of the patient has left the fluid: "passing urine and his creatinine".
    "he": BLOOD,
    "she": BLOOD,
    "his": BLOOD,
    "her": BLOOD,
    "patient": BLOOD,
    "urine": Fluid("urine_"),
    "urinalysis": Fluid("urine_"),
    "urinary": Fluid("urine_", 25),
    "csf": Fluid("csf_"),
    "cerebrospinal": Fluid("csf_"),
    "lumbar": Fluid("csf_"),
    "pleural": Fluid("pleural_"),
    "thoracentesis": Fluid("pleural_"),
    "synovial": Fluid("synovial_"),
    "arthrocentesis": Fluid("synovial_"),
    "ascitic": Fluid("ascitic_"),
    "paracentesis": Fluid("ascitic_"),
    "sweat": Fluid("sweat_", 60, frozenset({"chloride", "sodium"})),
    "stool": Fluid("stool_", 60, _ACIDITY),
    "vaginal": Fluid("vaginal_", 120, _ACIDITY),
    "gastric": Fluid("gastric_", 60, _ACIDITY),
}
_NAMED = frozenset(word for word, fluid in _FLUIDS.items() if fluid is not BLOOD)
_PASSING = frozenset({"pass", "passing", "passed", "produce", "producing", "make", "making"})


class Fluids:
    """The fluids that a text names, by position."""

    def __init__(self, text: str, tokens: Tokens) -> None:
        self._text = text
        self._tokens = tokens

    @cached_property
    def _cues(self) -> list[tuple[int, Fluid]]:
        norms, starts = self._tokens.norms, self._tokens.starts
        if _NAMED.isdisjoint(norms):
            return []
        return [
            (starts[i], _FLUIDS[norms[i]])
            for i in compress(range(len(norms)), map(_FLUIDS.__contains__, norms))
            if not (norms[i] == "blood" and norms[i + 1 : i + 2] == ["cell"])
            and not (norms[i] == "urine" and i and norms[i - 1] in _PASSING)
        ]

    def at(self, position: int) -> Fluid:
        """The fluid that was named last before `position`; blood where none was.

        A sentence's end ends a fluid's reach; line breaks do not, as a heading ("Urine") stands
        over the lines of its values.
        """
        if not self._cues:
            return BLOOD
        at = bisect_left(self._cues, position, key=lambda cue: cue[0]) - 1
        if at < 0:
            return BLOOD
        cue, fluid = self._cues[at]
        if position - cue > fluid.reach or self._text.find(". ", cue, position) >= 0:
            return BLOOD
        return fluid
