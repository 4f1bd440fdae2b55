"""Words that say something, as against words that fit every case.

A reason tells one case from another. "It is less likely, because the overall clinical picture does
not support it" has the form of a reason and holds none: all of its words could stand in any answer.
"""

from __future__ import annotations

import runpy
from collections.abc import Sequence
from importlib.resources import files

from spacy.lang.en.stop_words import STOP_WORDS

from reward_service.text.normalize import normalize_token


def _normal(words: str) -> frozenset[str]:
    return frozenset(normalize_token(word) for word in words.split())


UNTELLING = _normal(
    """
    a an the of in on to with without and or for by from at as is are be no not this that than
    acute chronic severe mild normal abnormal increased decreased increase decrease elevated
    reduced high low left right primary secondary oral intravenous intramuscular subcutaneous
    sublingual daily immediate immediately repeat begin start administer perform obtain order
    give therapy treatment test testing level levels disease disorder syndrome infection
    deficiency patient
    """
)
"""Words of options that do not tell what an option is."""

ARGUING = _normal(
    """
    option options answer answers choice choices alternative alternatives correct incorrect
    wrong right best good better bad likely unlikely probable improbable possible plausible
    diagnosis diagnostic because since therefore thus hence so given due based reason reasons
    reasoning fit fits fitting match matches matching suit suits agree agrees explain explains
    explained explanation account accounts suggest suggests suggested suggesting suggestive
    support supports supported supporting indicate indicates indicated indicating indicative
    point points pointing favor favors confirm confirms confirmed imply implies mean means
    meaning consistent inconsistent compatible incompatible typical atypical characteristic
    against argue argues arguing speak speaks rule rules ruled exclude excludes excluded
    eliminate eliminated reject rejected discard discarded expect expected unexpected conclude
    conclusion consider considered considering consideration weigh weighed weighing strongly
    clearly clear obvious obviously reasonable sure certain certainly probably definitely
    perhaps maybe may might could would should must lack lacks lacking lacked absence absent missing
    """
)
"""Words of argument."""

BESIDE_ANY = _normal(
    "a an the it its he his she her they this that there is are was not may might could would "
    "should must"
)
"""Words that stand beside any other: "because he" and "would not" are no phrases of argument."""

_ANYWHERE = _normal(
    """
    case patient person man woman boy girl male female adult child individual he she his her him
    they question scenario vignette stem author writer text information data detail fact
    clinical clinically medical medicine health doctor physician clinician picture presentation
    present presents presenting presented course setting context situation circumstance
    condition history background examination exam examined investigation result laboratory
    imaging symptom symptoms sign signs finding findings feature features manifestation evidence
    clue clues aspect element factor thing things matter matters piece overall whole full entire
    total complete completely general generally usual usually common commonly often sometimes
    always everything anything nothing something several many most various different differently
    difference particular particularly specific especially careful carefully important
    importance importantly significant significantly key main major relevant notable noteworthy
    decisive telling interesting simple simply here there above below following given said
    stated state states mentioned mention described describe note noted notes noting see seen
    find found know known show shows shown showed reveal reveals revealed reported report
    complain complains come comes came go goes develop developed appear appears seem seems
    remain remains stand stands make makes made take taken give gives think thinking thought
    look looks looking bring brings lead leads led help helps need needs use uses used want turn
    turns keep set put way ways step steps time times day days next first second third fourth
    finally lastly then also moreover furthermore addition additionally next together combined
    combination elsewhere otherwise rather instead however although though while whereas unlike
    like likewise similarly such other others another remaining rest same convincing strong weak
    fully partly partially hardly barely less least more much very quite really truly indeed
    actually above below already again still once twice word wording term sense mind memory view
    close closely closer detail deeper deep point place road path way kept keeping bear bearing
    remember recall recalled repeat say says saying said tell tells told speaking talk call
    called read reading written write discuss discussed sum summary short brief briefly long
    question ask asks asked asking try tries trying attempt begin start starts end ends follow
    follows following followed lies lie rest rests hold holds held stay stays deserve deserves
    merit merits worth worthwhile attention interest idea opinion believe belief feel agree
    accept assume assumption guess hypothesis possibility probability likelihood chance
    plausibility sound sounds valid true false fact indeed worthless useful useless preferred
    preferable recommended recommend appropriate suitable adequate ideal optimal superior expert
    experts textbook textbooks guideline guidelines study studies trial trials literature
    authority authorities according field leading current shown showing proven analysis
    assessment assess assessed evaluation evaluate evaluated review reviewed element list listed
    table item entry entity known unknown order thing big small large little lady gentleman guy
    person people someone everyone anyone nobody somebody one two three four emergency room
    department ward clinic hospital office visit visits visited admitted admission seek seeks
    sought evaluate complaint complaints recent recently ago past present currently now today
    week weeks month months year years hour hours minute minutes old aged age fall falls fell
    mother father parent parents brother sister sibling siblings uncle aunt cousin son daughter
    wife husband grandmother grandfather relative relatives longer
    away drop drops hard easy reconcile unexplained explainable carry carries carried includes
    having coming presenting mentions mentioning reporting describing complaining showing revealing
    arrive arrives arrived arriving attend attends attended attending refer refers referring notice
    notices noticed record records recorded disclose discloses disclosed unremarkable raised lowered
    work works worked working occur occurs occurred occurring happen happens happened happening
    include list set sets aside leave leaves left reconcile stand stands favour favor weighed
    """
)

VAGUE: frozenset[str] = (
    UNTELLING
    | frozenset(normalize_token(word) for word in STOP_WORDS)
    | ARGUING
    | _ANYWHERE
    | frozenset({""})
)
"""Words that fill any sentence about any case without giving a reason."""


FIRST_PERSON = frozenset({"i", "me", "my", "we", "us", "our", "let"})
"""Words of a writer who speaks of what he does himself."""


def _stop_words(language: str) -> set[str]:
    """spaCy's list, without importing the language, whose exceptions take seconds to build."""
    path = files("spacy") / "lang" / language / "stop_words.py"
    words: set[str] = runpy.run_path(str(path))["STOP_WORDS"]
    return words


# Words that only texts in other languages have in numbers; English ones are left out.
_OTHER_LANGUAGES = (
    frozenset().union(*map(_stop_words, ("de", "es", "fr", "it", "pt")))
    - STOP_WORDS
    - {"die", "war", "son", "sin", "sur", "main", "pour"}
)
_MANY = 3


def is_foreign(words: Sequence[str]) -> bool:
    """Whether so many words are function words of another language that it is not English."""
    return len(_OTHER_LANGUAGES.intersection(words)) >= _MANY


def telling(words: frozenset[str]) -> frozenset[str]:
    """The words that are not vague and are longer than a letter."""
    return frozenset([word for word in words - VAGUE if len(word) > 1])
