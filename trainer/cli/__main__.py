"""`python -m trainer.cli`: the same as `crpo`."""

from trainer.cli.app import main

main()
