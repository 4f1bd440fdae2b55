"""Scoring: from a request to its response.

`default.score` is the in-process entry point, `scorer.Scorer` the core that every face calls,
`config.ScorerConfig` what scores depend on.
"""
