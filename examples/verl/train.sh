#!/bin/sh
# GDPO with verl; the service runs at $CRPO_REWARD_URL. Model and data are yours to name.
set -eu
python -m verl.trainer.main_ppo \
  algorithm.adv_estimator=gdpo \
  'algorithm.gdpo_reward_keys=[accuracy,faithfulness,coverage]' \
  'algorithm.gdpo_reward_weights=[10,1,1]' \
  reward.custom_reward_function.path=pkg://trainer.stacks.verl \
  reward.custom_reward_function.name=compute_score \
  "$@"
