"""Objectives: what a completion is rewarded for, one file each."""
