"""Stand-ins for published question sets, in their real columns; every text is written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

STEMS = (
    "A 34-year-old gardener has a spreading red rash around a tick bite. What is the best drug?",
    "A 70-year-old man loses vision in one eye while combing his hair. What is raised?",
    "A newborn vomits green fluid on the first day. Which picture confirms the cause?",
    "A 25-year-old runner faints during a race; an uncle died young. Which sound is heard?",
    "A cook has itching after shellfish and a falling blood pressure. What is given first?",
    "A woman of 45 has stones in the kidney and a calcium of 12.1 mg/dL. Which hormone is high?",
)
CHOICES = (
    ("doxycycline", "vancomycin", "acyclovir", "fluconazole", "prednisone"),
    ("sedimentation rate", "uric acid", "ferritin", "amylase", "thyroxine"),
    ("upper bowel series", "chest film", "head scan", "bone survey", "renal scan"),
    ("murmur louder on standing", "fixed split", "opening snap", "pericardial rub", "third sound"),
    ("adrenaline", "cetirizine", "hydrocortisone", "salbutamol", "ranitidine"),
    ("parathyroid hormone", "calcitonin", "cortisol", "insulin", "prolactin"),
)


def medqa(count: int = 6, *, options: int = 5) -> list[dict[str, Any]]:
    """Records of MedQA with five options, or four as in its US layout; the key moves on by one."""
    letters = "ABCDE"[:options]
    return [
        {
            "question": STEMS[i],
            "answer": CHOICES[i][i % options],
            "options": dict(zip(letters, CHOICES[i], strict=False)),
            "meta_info": "step2&3",
            "answer_idx": letters[i % options],
        }
        for i in range(count)
    ]


def medmcqa(count: int = 6, *, base: int = 1) -> list[dict[str, Any]]:
    """Records of MedMCQA whose keys count from `base`; every other one is explained."""
    return [
        {
            "id": f"mc-{i}",
            "question": STEMS[i],
            **dict(zip(("opa", "opb", "opc", "opd"), CHOICES[i], strict=False)),
            "cop": i % 4 + base,
            "choice_type": "single" if i % 3 else "multi",
            "exp": f"It is {CHOICES[i][i % 4]}." if i % 2 else None,
            "subject_name": "Medicine",
            "topic_name": None,
        }
        for i in range(count)
    ]


def medxpertqa(count: int = 2) -> list[dict[str, Any]]:
    """Records of MedXpertQA: ten options, which the question repeats."""
    records = []
    for i in range(count):
        options = dict(zip("ABCDEFGHIJ", CHOICES[i] + CHOICES[i + 1], strict=True))
        shown = " ".join(f"({letter}) {text}" for letter, text in options.items())
        records.append(
            {
                "id": f"Text-{i}",
                "question": f"{STEMS[i]}\nAnswer Choices: {shown}",
                "options": options,
                "label": "C",
                "medical_task": "Diagnosis",
                "body_system": "Skeletal",
                "question_type": "Reasoning",
            }
        )
    return records


def write_jsonl(path: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    """Writes records as JSON lines."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path
