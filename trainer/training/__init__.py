"""A run from its configuration: plan, memory, probe of the service, folder, the stages themselves.

run(load_config("configs/tiny_cpu.yaml"))           trains; returns the run's folder
run(config, resume=True)                            goes on after an interruption
"""

from trainer.training.errors import TrainingError
from trainer.training.run import run

__all__ = ["TrainingError", "run"]
