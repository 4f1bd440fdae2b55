"""Similarity: clauses that say in other words what the case says.

Off unless `REWARD_SIMILARITY` names a sentence encoder. `encoder` turns texts into vectors,
`models` finds and loads one, `clauses` cuts what no term of the vocabulary names, `reading` decides
what it says. Needs the extra `similarity` (onnxruntime, tokenizers).
"""
