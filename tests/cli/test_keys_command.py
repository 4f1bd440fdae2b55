"""`clinical-reward keys`: the key is printed once, the file gets its hash."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reward_service.cli.app import app
from reward_service.server.keys import Role, digest_of, parse_keys


def run(*arguments: object, status: int = 0) -> str:
    done = CliRunner().invoke(app, ["keys", *map(str, arguments)])
    assert done.exit_code == status, done.output
    return done.output


def test_a_new_key_and_its_line() -> None:
    shown = run("new", "--name", "trainer", "--role", "score", "--role", "metrics")
    first, second = (line.partition(":  ")[2].strip() for line in shown.splitlines())
    [key] = parse_keys(second, source="line")
    assert (key.name, key.roles) == ("trainer", frozenset(Role))
    assert key.digest == digest_of(first.encode()) and first not in second


def test_the_defaults_are_a_name_from_the_hash_and_the_role_score(tmp_path: Path) -> None:
    file = tmp_path / "keys.txt"
    secret = run("new", "--file", file).strip()
    [key] = parse_keys(file.read_text(), source="file")
    assert key.name == f"key-{digest_of(secret.encode()).hex()[:8]}"
    assert key.roles == {Role.SCORE}


def test_lines_are_added_to_the_file_and_the_key_is_not(tmp_path: Path) -> None:
    file = tmp_path / "keys.txt"
    secrets = [run("new", "--name", name, "--file", file).strip() for name in "ab"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    secrets.append(run("new", "--name", "c", "--role", "metrics", "--file", file).strip())
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [key.name for key in parse_keys(file.read_text(), source="file")] == ["a", "b", "c"]
    assert len(set(secrets)) == 3 and not any(one in file.read_text() for one in secrets)
    assert run("check", file).split() == ["a", "score", "b", "score", "c", "metrics"]
    assert [path.name for path in tmp_path.iterdir()] == ["keys.txt"]


def test_a_file_keeps_its_comments_and_its_link(tmp_path: Path) -> None:
    file, link = tmp_path / "keys.txt", tmp_path / "link"
    file.write_text("# of team A\n")
    link.symlink_to(file)
    run("new", "--name", "a", "--file", link)
    assert file.read_text().startswith("# of team A\na score sha256:") and link.is_symlink()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["new", "--role", "write"], "--role: expected score or metrics"),
        (["new", "--name", "a b"], "the name of a key: expected up to 64 letters"),
        (["new", "--name", "a", "--file", "nowhere/keys"], "No such file or directory"),
        (["check", "nowhere"], "nowhere: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], message: str) -> None:
    assert message in run(*arguments, status=2)


def test_a_name_stands_once(tmp_path: Path) -> None:
    file = tmp_path / "keys.txt"
    run("new", "--name", "a", "--file", file)
    before = file.read_text()
    assert "the name a stands twice" in run("new", "--name", "a", "--file", file, status=2)
    assert file.read_text() == before
    file.write_text("not a line of keys")
    assert "line 1: expected NAME ROLES sha256:HASH" in run("new", "--file", file, status=2)
