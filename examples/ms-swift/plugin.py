"""For ms-swift: swift rlhf --external_plugins examples/ms-swift/plugin.py --reward_funcs …"""

from swift.rewards import orms

from trainer.stacks.ms_swift import register

register(orms)
