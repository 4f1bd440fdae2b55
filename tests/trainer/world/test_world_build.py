"""The world: which diseases and findings it takes, and that it is always the same."""

from __future__ import annotations

import re

import pytest

from trainer.world import World, WorldConfig, build_world
from trainer.world import annotations as annotations_module
from trainer.world.annotations import load_annotations
from trainer.world.build import VITAL_FINDINGS
from trainer.world.names import DISEASES


def test_a_seed_gives_the_same_world(world: World) -> None:
    again = build_world(3, WorldConfig(diseases=16))
    assert (again.diseases, again.findings, again.digests) == (
        world.diseases,
        world.findings,
        world.digests,
    )


def test_another_seed_gives_other_diseases(world: World) -> None:
    other = build_world(4, WorldConfig(diseases=16))
    assert {d.name for d in other.diseases} != {d.name for d in world.diseases}


def test_diseases_have_known_names_and_enough_findings(world: World) -> None:
    assert len(world.diseases) == 16
    for disease in world.diseases:
        assert disease.name in DISEASES
        assert 6 <= len(disease.profile) <= 8
        assert all(0.5 <= frequency <= 1 for frequency in disease.profile.values())


def test_findings_have_plain_names_that_do_not_name_a_disease(world: World) -> None:
    naming = {word for name in DISEASES for word in name.lower().split()}
    for finding in world.findings.values():
        assert re.fullmatch(r"[a-z]+([ -][a-z]+){0,2}", finding.name)
        assert finding.vital == (finding.id in VITAL_FINDINGS)
        assert finding.vital or naming.isdisjoint(finding.name.split())


def test_no_profile_holds_a_finding_and_what_includes_it(world: World) -> None:
    for disease in world.diseases:
        for finding in disease.profile:
            assert not world.conflicts(finding, disease.profile.keys() - {finding})


def test_neighbours_share_findings_and_are_no_selves(world: World) -> None:
    for disease in world.diseases:
        near = world.neighbours[disease.name]
        assert len(near) == 10
        assert disease.name not in {other.name for other in near}
        shared = [len(disease.profile.keys() & other.profile.keys()) for other in near]
        assert shared[0] == max(shared) or shared[0] >= 1


def test_the_names_are_those_of_the_annotations() -> None:
    profiles = load_annotations(tuple(name.lower() for name in DISEASES)).profiles
    assert {name.lower() for name in DISEASES} == profiles.keys()


def test_too_large_a_world_is_refused() -> None:
    with pytest.raises(ValueError, match=r"asks for 500 diseases; \d+ have at least 6"):
        build_world(0, WorldConfig(diseases=500))


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotations_module, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'clinical-crpo\[trainer\]'"):
        build_world(0)
