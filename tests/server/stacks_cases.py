"""A question, its prompt in a chat template, and rollouts, for the tests of the stacks' routes."""

from __future__ import annotations

CASE = (
    "A 47-year-old woman has had fever and a productive cough for 3 days. She has no chest pain. "
    "Which of the following is the most likely diagnosis?"
)
OPTIONS = {"A": "Pneumonia", "B": "Pulmonary embolism", "C": "Asthma"}
ASKED = f"{CASE}\nA. Pneumonia\nB. Pulmonary embolism\nC. Asthma\n\nThink step by step."
PROMPT = f"<|im_start|>user\n{ASKED}<|im_end|>\n<|im_start|>assistant\n"
LLAMA = (
    f"<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n{ASKED}<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n"
)
RIGHT = (
    "<dx>She has fever and a productive cough, so pneumonia is likely. Embolism is less likely "
    "because she has no chest pain.</dx><conclusion>\\boxed{A}</conclusion>"
)
WRONG = "<dx>She has chest pain.</dx><conclusion>\\boxed{B}</conclusion>"
END = "<|im_end|>"
