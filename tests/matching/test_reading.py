"""The exchange files: null anywhere but in identities; a line that cannot be read is named, never skipped."""

import re
from pathlib import Path
from typing import Any

import pytest

from chevalement.matching import labels, reading
from chevalement.matching.reading import NO_ADDRESS, NO_TITLE, WrongLine
from tests.matching.tiny import CALL, PROJECT, written


def test_a_project_and_a_call_become_those_of_the_domain(tmp_path: Path) -> None:
    [found] = reading.projects(written(tmp_path / "p.jsonl", [PROJECT]))
    [offer] = reading.calls(written(tmp_path / "c.jsonl", [CALL]))

    assert (found.project.porteur_form, found.place.department, found.place.region) == ("commune", "62", "32")
    assert found.place.zones == {"bassin-minier"}
    assert found.priorities == {1: 1, 2: 2}
    assert [need.kind for need in found.project.needs] == ["investissement", "fonctionnement"]
    assert (offer.call.audiences, offer.call.perimeter_codes, offer.real) == (("commune",), ("32",), True)
    assert str(offer.call.closes_on) == "2026-09-30"


def test_everything_may_be_null_but_the_identity(tmp_path: Path) -> None:
    fields = (*PROJECT, "porteur", "resume", "budget")
    [found] = reading.projects(written(tmp_path / "p.jsonl", [{**dict.fromkeys(fields), "project_id": "p1"}]))
    [offer] = reading.calls(
        written(tmp_path / "c.jsonl", [{**dict.fromkeys((*CALL, "program", "grant_min_eur")), "call_id": "c1"}])
    )

    assert (found.project.needs, found.project.porteur_form) == ((), "")
    assert (offer.call.title, offer.call.url, offer.real) == (NO_TITLE, NO_ADDRESS, False)
    assert (offer.call.audiences, offer.call.perimeter_codes, offer.call.closes_at) == ((), (), None)


def test_a_null_need_is_a_need_without_words(tmp_path: Path) -> None:
    empty = {"libelle": None, "propres_mots": None, "nature": None, "priorite": None, "themes": None}
    [found] = reading.projects(written(tmp_path / "p.jsonl", [{**PROJECT, "besoins": [empty]}]))

    assert found.project.needs[0].purpose == ""
    assert found.priorities == {1: 1}


@pytest.mark.parametrize(
    "change",
    [
        {"call_id": None},
        {"call_id": " "},
        {"title": 12},
        {"funder": [None]},
        {"territory": "Lens"},
        {"closes": "demain"},
        {"grant_min_eur": -1},
        {"grant_max_eur": "beaucoup"},
    ],
)
def test_a_wrong_value_is_told_with_its_place(tmp_path: Path, change: dict[str, Any]) -> None:
    path = written(tmp_path / "calls.jsonl", [CALL, {**CALL, "call_id": "c2", **change}])

    with pytest.raises(WrongLine, match=rf"calls\.jsonl, line 2: {re.escape(next(iter(change)))}"):
        reading.calls(path)


@pytest.mark.parametrize(
    ("raw", "why"),
    [(b"{", "not JSON"), (b"[]", "the line"), (b"\xff", "UTF-8"), (b"null", "the line"), (b"[" * 9_999, "line 1")],
)
def test_a_line_that_is_no_object_is_told(tmp_path: Path, raw: bytes, why: str) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(raw)

    with pytest.raises(WrongLine, match=rf"line 1.*{why}|{why}"):
        reading.calls(path)


def test_an_identity_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongLine, match="line 2: heat was already given"):
        reading.calls(written(tmp_path / "calls.jsonl", [CALL, CALL]))


def test_amounts_in_the_wrong_order_are_not_believed(tmp_path: Path) -> None:
    path = written(tmp_path / "calls.jsonl", [{**CALL, "grant_min_eur": 9, "grant_max_eur": 3}])

    assert reading.calls(path)[0].call.amount_min is None


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("commune", "commune"),
        ("etablissement_enseignement_superieur_recherche", "universite"),
        ("societe_citoyenne_energie (SAS, capital public-privé-citoyen)", "societe_citoyenne"),
        ("syndicat_mixte_communes", "syndicat_mixte"),
        ("lycee", "lycee"),
        (None, ""),
    ],
)
def test_a_kind_of_porteur_that_is_not_known_is_kept_as_it_is(kind: str | None, form: str) -> None:
    assert labels.form_of(kind) == form


def test_an_audience_that_is_not_known_leaves_the_list_to_check() -> None:
    assert labels.audiences_of(["Communes", "epci"]) == ("commune", "epci")
    assert labels.audiences_of(["Communes", "consortium européen"]) == ()


def test_names_of_places_are_looked_up() -> None:
    assert labels.perimeter("region", ["autre"], "Occitanie") == ("region", ("76",))
    assert labels.perimeter("region", ["autre"], "Occitanie, Pays de Cocagne") == ("region", ())
    assert labels.perimeter("infra", ["FTJ_nord_pas_de_calais"], None) == ("autre", ("ftj-nord-pas-de-calais",))
    assert labels.perimeter(None, [], None) == ("autre", ())
