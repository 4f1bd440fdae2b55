#!/bin/sh
# PPO with OpenRLHF; the service runs at $CRPO_REWARD_URL. Model and data are yours to name.
set -eu
python -m openrlhf.cli.train_ppo_ray \
  --reward.remote_url "${CRPO_REWARD_URL:-http://127.0.0.1:8000}/stacks/openrlhf" \
  "$@"
