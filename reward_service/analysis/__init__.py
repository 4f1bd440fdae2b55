"""Text analysis: from a text to what it names, with attributes and measurements."""

EMBEDDED = "embedded"
"""The default pipeline: the embedded vocabulary and rules, without a statistical model."""
