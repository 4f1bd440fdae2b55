"""The program `crpo`."""
