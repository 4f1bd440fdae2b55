"""Adapters: one file for each data set, from its published format to plain rows."""
