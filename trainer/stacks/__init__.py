"""Plug-ins for other RL stacks: one file a stack, over the reward client.

None imports torch or the stack itself, so each can be read and tested without them. Where nothing
else is said, `CRPO_REWARD_URL` (default http://127.0.0.1:8000) and `CRPO_REWARD_KEY` in the
environment say which service scores.
"""
