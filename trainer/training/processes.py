"""The end of a run of several processes."""

from __future__ import annotations

import gc

import torch


def leave_processes() -> None:
    """Leave the process group of torchrun or accelerate; a single process has none to leave.

    To be called once nothing of the run is in use, as the last thing that a process does with it.
    Gloo's threads end with the last reference to the group, and a trainer's reference cycles hold
    some. A thread that lets go of a tensor while Python shuts down aborts the process ("terminate
    called without an active exception"), so the garbage is collected here.
    """
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
        gc.collect()
