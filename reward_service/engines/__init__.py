"""Scoring files beyond one machine. `ray_engine` is for `score_file(..., open_engine=...)`."""

from reward_service.engines.ray_engine import RayOptions, ray_engine

__all__ = ["RayOptions", "ray_engine"]
