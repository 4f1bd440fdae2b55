"""Validity: whether the scores agree with people and notice what a careful reader would notice.

`base` says what a test is, `registry` lists the tests, `run` runs them on a folder of data files
(one adapter a file in `data/`), `report` writes the tables. `clinical-reward validate` is its face.
"""
