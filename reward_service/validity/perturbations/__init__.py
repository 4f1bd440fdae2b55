"""Perturbations: honest texts against versions of them that a careful reader would call worse.

`lay` holds a hand-written table of findings with lay wordings, `stated` reads with it what a
vignette plainly says, `plan` and `wording` restate that as reasoning; one file a perturbation
changes a plan or a real text. None of it asks the service's own analysis, vocabulary or cues:
what they do not see must show.
"""
