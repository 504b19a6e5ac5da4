"""The eight sample dossiers, shown in every demonstration, are complete, well coded and invent nothing."""

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "services" / "chevalement" / "sample" / "dossiers"

SLUGS = {
    "tech3e",
    "foret-urbaine-lens",
    "mine-de-soleil",
    "cuisine-centrale-lievin",
    "batiment-suzanne-lacore",
    "piac-carvin",
    "ecocite-du-8",
    "garage-solidaire-afeji",
}
FIELDS = {
    "slug": str,
    "titre": str,
    "resume": str,
    "description": str,
    "themes": list,
    "porteur": dict,
    "contact": dict,
    "partenaires": list,
    "maitre_oeuvre": str | None,
    "commune": str,
    "commune_nom": str,
    "perimetre": str,
    "chiffres_cles": list,
    "calendrier": list,
    "stade": str,
    "budget": int | None,
    "plan": list,
    "besoins": list,
    "grille": dict,
    "documents": list,
    "instruction": dict,
    "source": str,
}
THEMES = {
    "energie",
    "mobilite",
    "biodiversite_eau",
    "batiment_amenagement",
    "alimentation",
    "economie_sociale",
    "economie_innovation",
    "culture_patrimoine",
    "education_jeunesse",
    "solidarites",
    "numerique",
    "participation",
}
FORMS = {
    "commune",
    "epci",
    "syndicat_mixte",
    "departement",
    "region",
    "etablissement_public",
    "universite",
    "association",
    "entreprise",
    "entreprise_sociale",
    "societe_citoyenne",
    "epl",
}
CRITERIA = {
    "transition": [
        "ressources",
        "biodiversite",
        "resilience",
        "lien_social",
        "cadre_de_vie",
        "patrimoine",
        "emploi",
    ],
    "faisabilite": ["financement", "gouvernance", "participation", "modele_economique"],
    "diffusion": ["communication", "essaimage"],
}
STAGES = {"idee", "etude", "montage", "travaux", "exploitation"}
NEEDS = {"investissement", "fonctionnement", "ingenierie", "expertise", "communication", "partenariat"}
PLAN_STATES = {"envisage", "demande", "acquis", "refuse"}
COMMITTEES = ["technique", "lyceen", "expertise"]
OPINIONS = {"favorable", "favorable_avec_reserves", "reserve"}
LABELLED = {
    "tech3e",
    "foret-urbaine-lens",
    "mine-de-soleil",
    "cuisine-centrale-lievin",
    "batiment-suzanne-lacore",
}
WITHOUT_AMOUNT = {"expertise", "communication", "partenariat"}
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
MAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)*[\w-]+\.example")
LOOSE_MARK = re.compile(r" [;:!?»]|« |\d \d{3}(?!\d)|\d (?:m²|%|kW|ha\b)")

DOSSIERS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
}
each_dossier = pytest.mark.parametrize("dossier", DOSSIERS.values(), ids=DOSSIERS.keys())


def _strings(value: Any) -> list[str]:
    """Every piece of text in a dossier, however deep."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def _communes() -> dict[str, str]:
    territory = json.loads((ROOT / "deploy" / "territory.json").read_text(encoding="utf-8"))
    return {town["code"]: town["nom"] for epci in territory["epci"] for town in epci["communes"]}


def _label() -> dict[str, Any]:
    return tomllib.loads((ROOT / "deploy" / "label.toml").read_text(encoding="utf-8"))


def test_the_eight_dossiers_are_there() -> None:
    assert set(DOSSIERS) == SLUGS


@each_dossier
def test_every_field_is_there_with_its_type(dossier: dict[str, Any]) -> None:
    assert set(dossier) == set(FIELDS)
    wrong = {name: dossier[name] for name, kind in FIELDS.items() if not isinstance(dossier[name], kind)}
    assert not wrong
    assert set(dossier["porteur"]) == {"nom", "forme", "identifiant"}
    assert set(dossier["contact"]) == {"fonction", "courriel"}


@each_dossier
def test_texts_have_the_length_of_the_form(dossier: dict[str, Any]) -> None:
    assert 0 < len(dossier["resume"]) <= 300
    assert 600 <= len(dossier["description"]) <= 1500
    for name in ("partenaires", "chiffres_cles", "calendrier", "documents"):
        assert dossier[name], f"{name} is empty"
        assert all(line.strip() == line and line and "\n" not in line for line in dossier[name])


@each_dossier
def test_codes_belong_to_the_vocabularies(dossier: dict[str, Any]) -> None:
    assert dossier["themes"]
    assert set(dossier["themes"]) <= THEMES
    assert len(set(dossier["themes"])) == len(dossier["themes"])
    assert dossier["porteur"]["forme"] in FORMS
    assert dossier["stade"] in STAGES


@each_dossier
def test_the_commune_is_of_the_territory(dossier: dict[str, Any]) -> None:
    assert _communes().get(dossier["commune"]) == dossier["commune_nom"]


@each_dossier
def test_needs_can_be_matched(dossier: dict[str, Any]) -> None:
    assert 3 <= len(dossier["besoins"]) <= 6
    for need in dossier["besoins"]:
        assert set(need) == {"objet", "nature", "montant", "debut", "fin", "precisions"}
        assert need["nature"] in NEEDS
        assert need["objet"].endswith(".")
        assert need["objet"].count(".") == 1, "one sentence says what the need is"
        assert len(need["precisions"]) >= 60, f"{need['objet']} has too few words to be matched"
        assert all(need[end] is None or MONTH.fullmatch(need[end]) for end in ("debut", "fin"))
        assert not (need["nature"] in WITHOUT_AMOUNT and need["montant"] is not None)


@each_dossier
def test_amounts_are_positive_or_unknown(dossier: dict[str, Any]) -> None:
    lines = [*dossier["plan"], *dossier["besoins"]]
    amounts = [dossier["budget"], *(line["montant"] for line in lines)]
    assert all(amount is None or (isinstance(amount, int) and amount > 0) for amount in amounts)
    assert all(set(line) == {"financeur", "montant", "etat"} for line in dossier["plan"])
    assert {line["etat"] for line in dossier["plan"]} <= PLAN_STATES


@each_dossier
def test_the_grid_uses_known_criteria_and_levels(dossier: dict[str, Any]) -> None:
    known = {code for codes in CRITERIA.values() for code in codes}
    assert dossier["grille"]
    assert set(dossier["grille"]) <= known
    assert set(dossier["grille"].values()) <= {0, 1, 2, 3, 4}


@each_dossier
def test_the_three_committees_and_the_decision_are_written(dossier: dict[str, Any]) -> None:
    instruction = dossier["instruction"]
    assert set(instruction) == {"avis", "decision", "motif"}
    assert list(instruction["avis"]) == COMMITTEES
    for opinion in instruction["avis"].values():
        assert set(opinion) == {"avis", "motif"}
        assert opinion["avis"] in OPINIONS
        assert opinion["motif"]
    assert instruction["motif"]


def test_decisions_are_those_of_2022() -> None:
    decisions = {slug: dossier["instruction"]["decision"] for slug, dossier in DOSSIERS.items()}
    assert Counter(decisions.values()) == {"labellise": 5, "nomine": 3}
    assert {slug for slug, decision in decisions.items() if decision == "labellise"} == LABELLED


def test_the_only_amount_is_the_one_of_the_source() -> None:
    amounts = {slug: dossier["budget"] for slug, dossier in DOSSIERS.items() if dossier["budget"]}
    assert amounts == {"tech3e": 6_000_000}
    lines = [line for dossier in DOSSIERS.values() for line in [*dossier["plan"], *dossier["besoins"]]]
    assert {line["montant"] for line in lines} == {None}


@each_dossier
def test_addresses_exist_nowhere(dossier: dict[str, Any]) -> None:
    assert dossier["contact"]["courriel"] == f"{dossier['slug']}@porteur.example"
    for text in _strings(dossier):
        assert "@" not in text or MAIL.fullmatch(text), text


@each_dossier
def test_texts_keep_french_spacing(dossier: dict[str, Any]) -> None:
    loose = [text for text in _strings(dossier) if LOOSE_MARK.search(text)]
    assert not loose, "write U+202F before ; : ! ? and inside numbers, U+00A0 inside « » and before a unit"


def test_the_territory_has_its_150_communes() -> None:
    territory = json.loads((ROOT / "deploy" / "territory.json").read_text(encoding="utf-8"))
    assert {epci["sigle"]: len(epci["communes"]) for epci in territory["epci"]} == {
        "CALL": 36,
        "CAHC": 14,
        "CABBALR": 100,
    }
    assert len(_communes()) == 150


def test_the_label_uses_the_agreed_codes() -> None:
    label = _label()
    axes = {axis["code"]: [criterion["code"] for criterion in axis["criteria"]] for axis in label["axes"]}
    assert axes == CRITERIA
    assert [committee["code"] for committee in label["committees"]] == COMMITTEES
    assert [committee["order"] for committee in label["committees"]] == [1, 2, 3]
    assert {theme["code"] for theme in label["themes"]} == THEMES
    assert [level["value"] for level in label["levels"]] == [0, 1, 2, 3, 4]


def test_the_label_names_its_territory() -> None:
    label = _label()
    territory = json.loads((ROOT / "deploy" / label["territory"]["file"]).read_text(encoding="utf-8"))
    assert territory["departement"]["code"] == label["territory"]["department"]
    assert territory["region"]["code"] == label["territory"]["region"]
    assert MAIL.fullmatch(label["label"]["mail"])
    assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in label["look"].values())
