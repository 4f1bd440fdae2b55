"""One normal form for a token, the same for the vocabulary's terms and for running text.

Both sides pass through `normalize_token`, so a rule may be coarse (every "ae" becomes "e") as long
as it joins spellings of one word far more often than it joins different words.
"""

from __future__ import annotations

import re
import unicodedata

# Invisible characters that can sit inside a word: soft hyphen, zero-width and directional marks.
_INVISIBLE = {
    ord(c): None
    for c in "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff"
}
_LOOKED_THROUGH = frozenset({"-", "‐", "‑", "–", "'", "’", "'s", "’s", "`", "´"})
_NOT = frozenset({"n't", "n’t"})  # what the tokeniser makes of "isn't"
_OUR = re.compile(r"our(?=$|s$|ed$|ing$|al|less|ed)")
# -ise verbs, but not malaise, bruise, exercise and their forms.
_ISE = re.compile(r"(?<=[dlmnrt])is(e|es|ed|ing|ation|ations)$")
_DIGRAPH = re.compile(r"ae|oe(?!s?$)")  # not in toes, shoes
_RE_ENDING = re.compile(r"(?<=[bt])re$")
# Words in -ies whose singular ends in -ie or that have none.
_IE_WORDS = frozenset({"calories", "caries", "rabies", "scabies", "series", "species"})
_GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "κ": "kappa",
    "λ": "lambda",
    "µ": "mu",
    "μ": "mu",
    "ω": "omega",
}
# Letters of other alphabets that look like Latin ones, in lower case.
_LOOK_ALIKES = str.maketrans("авекмнорстухіѕјһԁԛԝѵαεικνορτυχγ", "abekmhopctyxisjhdqwvaeikvoptuxy")
_LATIN = re.compile(r"[a-z]")


def _fold(token: str) -> str:
    token = unicodedata.normalize("NFKC", token.translate(_INVISIBLE)).lower()
    if token.isascii():
        return token
    token = _GREEK.get(token, token)
    if _LATIN.search(token):  # a word of two alphabets is a disguised one
        token = token.translate(_LOOK_ALIKES)
    decomposed = unicodedata.normalize("NFD", token)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _americanize(word: str) -> str:
    """British and Latin spellings to one form: anaemia, tumour, leucocyte, sulphate, fibre."""
    if len(word) > 4:
        word = _DIGRAPH.sub("e", word)
        word = word.replace("sulph", "sulf").replace("leuc", "leuk")
        word = _RE_ENDING.sub("er", word)
    if len(word) > 5:
        word = _OUR.sub("or", word)
        word = _ISE.sub(r"iz\1", word)
    return word


def _singular(word: str) -> str:
    """Plural to singular: the S-stemmer (Harman 1991) plus Greek and Latin plurals."""
    n = len(word)
    if n >= 7 and word.endswith(("oses", "eses", "yses", "stases")):
        return word[:-2] + "is"
    if n >= 6 and word.endswith("mata"):
        return word[:-2]
    if n < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and n > 4:
        return word[:-1] if word in _IE_WORDS else word[:-3] + "y"
    if word.endswith(("xes", "shes", "sses", "zzes", "iruses", "inuses", "etuses")):
        return word[:-2]
    if word.endswith("ches") and not word.endswith("aches"):
        return word[:-2]
    return word[:-1]


def normalize_token(token: str) -> str:
    """The normal form of one token; "" for tokens that matching looks through.

    >>> [normalize_token(t) for t in ("Anaemia", "tumours", "biopsies", "Metastases", "-")]
    ['anemia', 'tumor', 'biopsy', 'metastasis', '']
    """
    if token in _LOOKED_THROUGH:
        return ""
    if token in _NOT:
        return "not"
    word = _fold(token)
    if word.endswith("ae") and len(word) > 4:
        word = word[:-1]  # vertebrae → vertebra, before "ae" is folded
    return _singular(_americanize(word)) if word.isalpha() else word
