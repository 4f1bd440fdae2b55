"""Several ways to train, several seeds, one table.

    python -m trainer.experiment configs/experiment_tiny.yaml

Running (`jobs`, `runner`, `live`) and aggregation (`aggregate`, `claims`, `results`) know nothing
of each other: they meet in the runs' folders.
"""
