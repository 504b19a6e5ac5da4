"""The conditions that a call writes in its sentences: quoted, placed, and a no only where its own words say it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from funding_watch.domain.eligibility import (
    Answer,
    Check,
    Place,
    check_beneficiary,
    check_calendar,
    check_need,
    check_project,
    check_zone,
)
from funding_watch.domain.eligibility.sayings import conditions_of
from tests.watch_story import PLACE, START, call, moment, need, project

LENS = replace(PLACE, populations={"62498": 32_000})


def zone(conditions: str, place: Place = LENS, **changes: Any) -> Check | None:
    return check_zone(conditions_of(call(eligibility_text=conditions, **changes)), project(), place)


def of_need(name: str, project_changes: dict[str, Any] | None = None, **changes: Any) -> Check:
    wanted = project().model_copy(update=project_changes or {})
    asked = changes.pop("need", need(1, "Construire un réseau de chaleur au bois"))
    return next(one for one in check_need(call(**changes), wanted, asked) if one.check == name)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Réservé aux communes de moins de 20 000 habitants.", "no"),
        ("Réservé aux communes de moins de 50 000 habitants.", "yes"),
        ("Pour les communes de moins de 20 000 habitants et les intercommunalités.", "to_check"),
        ("Les communes de plus de 10 000 habitants peuvent candidater.", "yes"),
        ("Les communes rurales dont la population est inférieure à 2.000 habitants.", "no"),
        ("Les communes d’au moins 100 000 habitants.", "no"),
    ],
)
def test_the_size_of_the_commune_is_held_against_the_words_of_the_call(written: str, expected: Answer) -> None:
    found = zone(written)

    assert found is not None
    assert found.verdict == expected
    assert written.rstrip(".").casefold() in found.evidence.casefold()
    assert found.where == "conditions"
    assert "32\u202f000 habitants" in found.fact


@pytest.mark.parametrize(
    "written",
    [
        "Taux majoré pour les communes de moins de 2 000 habitants.",
        "Priorité aux communes de moins de 5 000 habitants.",
        "Un parc de 20 000 habitants.",
        "Ouvert aux communes rurales et urbaines.",
        "Aux communes, en priorité rurales.",
        "Les chemins ruraux aussi.",
        "",
    ],
)
def test_a_sentence_that_favours_some_refuses_nobody(written: str) -> None:
    assert zone(written) is None


def test_an_unknown_population_is_to_check_and_an_association_is_not_counted() -> None:
    written = "Réservé aux communes de moins de 20 000 habitants."
    unknown = zone(written, PLACE)

    assert unknown is not None
    assert unknown.verdict == "to_check"
    assert "nombre d’habitants" in (unknown.question or "")
    assert check_zone(conditions_of(call(eligibility_text=written)), project("association"), LENS) is None


def test_a_programme_with_a_closed_list_is_to_check_unless_the_place_is_in_it() -> None:
    title = "Ingénierie des Petites villes de demain"
    outside, inside = (
        zone("", title=title),
        zone("", replace(LENS, zones=frozenset({"petites-villes-de-demain"})), title=title),
    )

    assert outside is not None
    assert inside is not None
    assert (outside.verdict, inside.verdict) == ("to_check", "yes")
    assert outside.where == "titre"
    assert zone("", description="Comme pour les Petites villes de demain, un guide est offert.") is None


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Aide aux communes rurales.", "zone « rurale »"),
        ("Communes éligibles à la dotation de solidarité rurale.", "zone « rurale »"),
        ("Être situé en zone France Ruralités Revitalisation (FRR).", "France Ruralités Revitalisation"),
        ("Être situé en zone de revitalisation rurale.", "France Ruralités Revitalisation"),
    ],
)
def test_a_call_for_rural_communes_is_to_check(written: str, name: str) -> None:
    found = zone(written)
    assert found is not None and found.verdict == "to_check" and name in (found.question or "")


@pytest.mark.parametrize(
    ("stage", "written", "expected"),
    [
        ("etude", "Le dossier est déposé avant le commencement des travaux.", "yes"),
        ("travaux", "Le dossier est déposé avant le commencement des travaux.", "to_check"),
        ("travaux", "L’opération ne doit pas avoir déjà démarré.", "to_check"),
        ("travaux", "", "to_check"),
        ("montage", "", "yes"),
        ("", "Aucune dépense déjà engagée n’est retenue.", "to_check"),
        ("", "", "yes"),
    ],
)
def test_what_has_begun_is_asked_about(stage: str, written: str, expected: Answer) -> None:
    found = of_need("etape", {"stage": stage}, eligibility_text=written)

    assert found.verdict == expected
    assert (found.question is None) == (expected == "yes")
    assert not written or found.evidence == f"« {written.rstrip('.')} »"


@pytest.mark.parametrize(
    ("amount", "budget", "changes", "expected"),
    [
        (200_000, None, {"amount_max": 50_000}, "yes"),
        (200_000, None, {"amount_max": 5_000}, "to_check"),
        (200_000, None, {"amount_min": 150_000}, "to_check"),  # 40 % of the need is 80 000
        (200_000, None, {"amount_min": 1_000_000}, "to_check"),
        (None, None, {"amount_max": 50_000}, "to_check"),
        (None, None, {"rate_max": 40}, "yes"),
        (200_000, None, {"eligibility_text": "Pour des programmes de plus de 30 M€."}, "no"),
        (200_000, 40_000_000, {"eligibility_text": "Pour des programmes de plus de 30 M€."}, "yes"),
        (None, None, {"eligibility_text": "Pour des programmes de plus de 30 M€."}, "yes"),
        (200_000, None, {"eligibility_text": "Investissements d’au moins 1,5 million d’euros."}, "no"),
    ],
)
def test_sums_that_cannot_meet_are_said(
    amount: int | None, budget: int | None, changes: dict[str, Any], expected: Answer
) -> None:
    asked = need(1, "Construire un réseau de chaleur au bois").model_copy(update={"amount": amount})

    assert of_need("montant", {"budget": budget}, need=asked, **changes).verdict == expected


def test_cumulation_is_raised_by_the_call_or_by_the_plan_only() -> None:
    names = [one.check for one in check_need(call(), project(), need(1, "Construire"))]
    said = of_need("cumul", eligibility_text="Cette aide est non cumulable avec le fonds rural.")

    assert "cumul" not in names
    assert said.verdict == "to_check"
    assert "non cumulable" in said.evidence


def test_the_last_useful_council_is_told_and_a_missing_one_is_to_check() -> None:
    far, near, late = (moment(days).date() for days in (70, 30, 120))
    good = replace(PLACE, councils={"62498": (near, far, late)})
    bad = replace(PLACE, councils={"62498": (late,)})

    assert "dernier conseil utile : " in check_calendar(call(), project(), good, START).fact
    assert check_calendar(call(), project(), bad, START).verdict == "to_check"
    assert check_calendar(call(), project(), replace(PLACE, councils={"62498": (past(),)}), START).verdict == "yes"


def past() -> date:
    return START.date() - timedelta(days=1)


def test_the_member_that_may_apply_is_named() -> None:
    place = replace(PLACE, agglomerations={"246200364": "CALL", "200072460": "CABBALR"})
    own = check_beneficiary(call(audiences=("epci",)), project(), place)
    pole = project("syndicat_mixte").model_copy(update={"epci_code": ""})
    of_pole = check_beneficiary(call(audiences=("epci",)), pole, place)

    assert "(CALL)" in (own.question or "")
    assert "CABBALR ou CALL" in (of_pole.question or "")


def test_an_english_call_says_nothing_in_french() -> None:
    written = "Réservé aux communes de moins de 20 000 habitants."
    assert check_zone(conditions_of(call(eligibility_text=written, language="en")), project(), LENS) is None
    assert "zone" not in [one.check for one in check_project(call(), project(), LENS, START)]
