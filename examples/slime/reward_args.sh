#!/bin/sh
# Reward options for slime's train.py: source this file, then add $REWARD_ARGS.
REWARD_ARGS="--rm-type remote_rm --reward-key reward \
  --rm-url ${CRPO_REWARD_URL:-http://127.0.0.1:8000}/stacks/slime?as=dict"
