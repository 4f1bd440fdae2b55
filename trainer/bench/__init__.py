"""The trainer's benchmark: what a CRPO step costs, and how fast a client gets rewards."""
