"""A question with a right and a wrong rollout, for the tests of the plug-ins."""

from __future__ import annotations

CASE = (
    "A 47-year-old woman has had fever and a productive cough for 3 days. She has no chest pain. "
    "Which of the following is the most likely diagnosis?"
)
OPTIONS = {"A": "Pneumonia", "B": "Pulmonary embolism", "C": "Asthma"}
ASKED = f"{CASE}\nA. Pneumonia\nB. Pulmonary embolism\nC. Asthma"
RIGHT = (
    "<dx>She has fever and a productive cough, so pneumonia is likely. Embolism is less likely "
    "because she has no chest pain.</dx><conclusion>\\boxed{A}</conclusion>"
)
WRONG = "<dx>She has chest pain.</dx><conclusion>\\boxed{B}</conclusion>"
LABEL = {"question": CASE, "options": OPTIONS, "answer": "A"}
NAMES = ("accuracy", "structure", "faithfulness", "coverage")
