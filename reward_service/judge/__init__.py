"""The judge: asking a language model for a grade of a completion's reasoning.

`config` says which endpoint, `rubric` what it is asked and how its answer is read, `client` asks
it. `reward_service.objectives.judge` makes an objective of it. Nothing here runs unless
`REWARD_JUDGE_URL` is set.
"""
