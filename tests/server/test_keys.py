"""Keys: what a line says, what is wrong with one, and which are in force when a file changes."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from reward_service.server.keyring import CHECK_SECONDS, KeyRing
from reward_service.server.keys import Key, Role, make_key, new_secret, parse_keys
from reward_service.settings import Settings
from reward_service.wire.errors import SettingsError

ONE, TWO = "crk_one-secret", "crk_two-secret"


def line(name: str, secret: str, *roles: Role) -> str:
    return make_key(name, roles or [Role.SCORE], secret).line()


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_new_keys_are_long_random_and_recognisable() -> None:
    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(secret.startswith("crk_") and len(secret) == 47 for secret in secrets)


def test_lines_hold_hashes_and_are_read_back() -> None:
    text = f"# team A\n\n{line('a', ONE)}  # a comment\n{line('b', TWO, *Role)}\n"
    keys = parse_keys(text, source="keys")
    assert [key.name for key in keys] == ["a", "b"]
    assert [sorted(key.roles) for key in keys] == [["score"], ["metrics", "score"]]
    assert ONE not in text and TWO not in text
    assert parse_keys(text.replace("\n", ";").replace("# team A", ""), source="x")[0] == keys[0]


def test_a_key_does_not_show_its_hash() -> None:
    key = make_key("a", [Role.SCORE], ONE)
    assert "digest" not in repr(key) and key.digest.hex() not in repr(key)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no key"),
        ("# nothing\n", "holds no key"),
        (ONE, "line 1: expected NAME ROLES sha256:HASH, got 1 words"),
        (f"a score {ONE}", "line 1: the third word is not sha256: with 64"),
        (f"a score sha256:{'0' * 63}", "line 1: the third word is not"),
        (f"a write sha256:{'0' * 64}", "line 1: the second word is not score or metrics"),
        (f"a,b score sha256:{'0' * 64}", "line 1: the first word is not a name"),
        (f"\n{line('a', ONE)}\n{line('a', TWO)}", "the name a stands twice"),
        (f"{line('a', ONE)}\n{line('b', ONE)}", "b has the same hash as another key"),
        (f"{line('a', ONE)};{ONE} {ONE} {ONE}", "line 2: the third word"),
    ],
)
def test_a_wrong_line_is_named_and_not_quoted(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        parse_keys(text, source="FILE")
    assert str(error.value).startswith("FILE") and message in str(error.value)
    assert ONE not in str(error.value)


def test_keys_come_from_the_file_and_the_variable(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(line("a", ONE))
    ring = KeyRing.load(Settings(keys_file=file, key_hashes=line("b", TWO, Role.METRICS)))
    found = [ring.find(ONE.encode()), ring.find(TWO.encode()), ring.find(b"other"), ring.find(b"")]
    assert [key and key.name for key in found] == ["a", "b", None, None]
    assert ring.required
    assert not KeyRing.load(Settings()).required


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"key_hashes": ""}, "REWARD_KEY_HASHES: holds no key"),
        ({"key_hashes": ONE}, "REWARD_KEY_HASHES, line 1: expected NAME"),
        ({"keys_file": "missing"}, "missing: No such file"),
        ({"keys_file": ""}, ".: Is a directory"),
    ],
)
def test_keys_that_cannot_be_read_end_the_start(settings: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as error:
        KeyRing.load(Settings(**settings))
    assert message in str(error.value) and ONE not in str(error.value)


def names(ring: KeyRing) -> list[str]:
    return [key.name for secret in (ONE, TWO) if (key := ring.find(secret.encode()))]


def test_a_changed_file_changes_the_keys_without_a_restart(tmp_path: Path) -> None:
    file, clock = tmp_path / "keys", Clock()
    file.write_text(line("a", ONE))
    ring = KeyRing((), file, clock=clock)
    file.write_text(f"{line('a', ONE)}\n{line('b', TWO)}")
    assert names(ring) == ["a"]  # read again at most once a second
    clock.now += CHECK_SECONDS
    assert names(ring) == ["a", "b"]
    fresh = tmp_path / "fresh"
    fresh.write_text(line("b", TWO))
    fresh.replace(file)
    clock.now += CHECK_SECONDS
    assert names(ring) == ["b"]


def test_a_file_that_is_broken_later_leaves_the_keys_and_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, clock = tmp_path / "keys", Clock()
    file.write_text(line("a", ONE))
    ring = KeyRing((), file, clock=clock)
    with caplog.at_level(logging.INFO, "reward_service.server.keyring"):
        for broken in (f"{line('b', TWO)}\n{TWO}", "", None):
            file.unlink() if broken is None else file.write_text(broken)
            for _ in range(3):
                clock.now += CHECK_SECONDS
                assert names(ring) == ["a"]
        file.write_text(line("b", TWO))
        clock.now += CHECK_SECONDS
        assert names(ring) == ["b"]
    events = [record.getMessage() for record in caplog.records]
    assert len(events) == 4 and all("the keys stay as they were" in event for event in events[:3])
    assert events[3] == "keys read again; now in force: b"
    assert not any(secret in "".join(events) for secret in (ONE, TWO))


def test_settings_do_not_show_hashes() -> None:
    key: Key = make_key("a", [Role.SCORE], ONE)
    assert key.digest.hex() not in repr(Settings(key_hashes=key.line()))
