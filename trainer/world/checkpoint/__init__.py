"""A policy for the world of seed 0 after its cold start, small enough to come with the package."""

from pathlib import Path

CHECKPOINT = Path(__file__).parent
"""Folder with the model and its tokenizer, as `from_pretrained` takes it."""
