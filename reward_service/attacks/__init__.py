"""Attacks: ways to earn rewards without honest reasoning, tried on real and bundled cases.

`sources.load_subjects` gives the questions with their honest completions, `suite.attacks` the
attacks, `measure.measure` the scores, `tally.tallied` the figures, `search.search` an attacker that
learns from the scores.
"""
