"""Text analysis: from text to mentions, their attributes, and measurements."""

EMBEDDED = "embedded"
"""The default pipeline: the embedded vocabulary and rules, without a statistical model."""
