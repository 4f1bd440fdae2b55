"""One typed YAML file describes a run; it is checked completely before torch is imported.

    config = load_config("configs/tiny_cpu.yaml", ["training.max_steps=2"])

ConfigError lists every mistake: the file, the field's path, what was expected, the nearest known
name.
"""

from trainer.config.errors import ConfigError
from trainer.config.load import dump_config, load_config
from trainer.config.schema import Data, Lora, Model, Reward, RunConfig

__all__ = [
    "ConfigError",
    "Data",
    "Lora",
    "Model",
    "Reward",
    "RunConfig",
    "dump_config",
    "load_config",
]
