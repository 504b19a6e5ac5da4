"""Precedents: the shape of the national file, its bad lines, and which of them a call reminds of."""

import pytest

from funding_watch.domain.precedents import alike, read_national_file
from tests.watch_story import call

PLACE = "Hauts-de-France,62,Pas-de-Calais"
HEAD = (
    "nom_region,code_departement,nom_departement,code_commune,nom_commune,axe,numero_demarche_ds,nom_demarche_ds,"
    "numero_dossier_ds,nom_du_projet,nom_beneficiaire_principal,siren,montant_engage\n"
)
LINES = (
    f'{PLACE},62498,VILLE-A,3,1,Recyclage foncier,11,Une friche en verger,VILLE-A,1,"1 000 000,00 €"\n'
    f'{PLACE},62510,VILLE-B,1,2,Rénovation énergétique,12,École rénovée,VILLE-B,2,"80 500,90 €"\n'
    f'{PLACE},Lens,VILLE-C,1,2,Rénovation énergétique,13,Une mairie,VILLE-C,2,"10 €"\n'
    f"{PLACE},62001,VILLE-D,1,2,Rénovation énergétique,14,Un gymnase,VILLE-D,2,beaucoup\n"
    f"{PLACE},62002,VILLE-E,1,2,Rénovation énergétique,15,,VILLE-E,2,0\n"
)


def test_good_lines_are_kept_and_bad_ones_are_named() -> None:
    read = read_national_file(HEAD + LINES)
    assert [(one.reference, one.amount, one.commune_code) for one in read.found] == [
        ("11", 1_000_000, "62498"),
        ("12", 80_500, "62510"),
    ]
    assert [number for number, _ in read.wrong] == [4, 5, 6]
    assert "'Lens'" in read.wrong[0][1] and "'beaucoup'" in read.wrong[1][1]


def test_another_file_is_refused_with_what_it_lacks() -> None:
    with pytest.raises(ValueError, match="montant_engage"):
        read_national_file("a;b\n1;2\n")
    assert read_national_file("\ufeff" + HEAD.replace(",", ";")).found == ()


def test_a_call_reminds_of_its_own_measure_first_and_of_those_near() -> None:
    known = read_national_file(HEAD + LINES).found
    found = alike(call(title="Recyclage foncier des friches"), known, ["62498"])
    assert [one.reference for one in found] == ["11"]
    assert len(alike(call(title="Fonds vert : édition 2027"), known)) == 2
    assert alike(call(title="Musique et spectacles"), known) == []
