from __future__ import annotations

from collections import Counter

from reward_service.validity.mentions import OTHER, Place, looked_up, own_mentions, places


def test_own_sentences_have_many_mentions_and_no_brackets_left() -> None:
    mentions = own_mentions()
    assert len(mentions) >= 200
    for mention in mentions:
        words = mention.text[mention.start : mention.end]
        assert words and words == words.strip()
        assert not set("[|]") & set(mention.text)
        assert mention.polarity in {"present", "absent"}
    counts = Counter(flag for mention in mentions for flag in mention.flags)
    assert min(counts[flag] for flag in ("family", "past", "hypothetical", "general")) >= 10


def test_real_mentions_are_places_without_texts() -> None:
    found = places()
    assert len(found) >= 200
    assert len(set(found)) == len(found)
    for place in found:
        assert 0 <= place.start < place.end
        assert place.polarity in {"present", "absent"}
        assert place.which in {"question", "explanation"}
        assert place.flags <= OTHER | {"family", "past"}


def test_places_are_looked_up_in_their_texts() -> None:
    none = frozenset[str]()
    wanted = [
        Place("f", 3, "question", 4, 9, "absent", none),
        Place("f", 3, "question", 400, 409, "absent", none),  # of a longer text
        Place("f", 4, "question", 0, 2, "present", none),  # of a row that is not there
    ]
    (found,) = looked_up(wanted, {("f", 3, "question"): ("key", "has fever now")})
    assert (found.key, found.text[found.start : found.end]) == ("key", "fever")
    assert found.narrative
