"""`python -m reward_service.cli`: the same as `clinical-reward`."""

from reward_service.cli.app import main

main()
