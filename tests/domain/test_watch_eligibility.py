"""Eligibility: a no needs a word of the call or a code; what is missing is to check."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding_watch.domain.call import Audience
from funding_watch.domain.eligibility import (
    Answer,
    Place,
    check_beneficiary,
    check_calendar,
    check_expense,
    check_project,
    check_territory,
    verdict_of,
)
from funding_watch.domain.wording import FORM_WORDS
from kernel.contracts.intake import NeedKind
from tests.watch_story import PLACE, START, call, moment, need, project

TERRITORY = [
    ("commune", ("62498",), "yes"),
    ("commune", ("62119", "62498"), "yes"),
    ("commune", ("62119",), "no"),
    ("epci", ("246200364",), "yes"),
    ("epci", ("200072460",), "no"),
    ("departement", ("59", "62"), "yes"),
    ("departement", ("32",), "no"),  # the Gers, not our region
    ("region", ("32",), "yes"),
    ("region", ("62",), "no"),
    ("region", ("11",), "no"),
    ("bassin", ("artois-picardie",), "yes"),
    ("bassin", ("seine-normandie",), "no"),
    ("pays", ("FR",), "yes"),
    ("pays", ("BE", "FR"), "yes"),
    ("pays", ("BE",), "no"),
    ("europe", ("EU",), "yes"),
    ("autre", ("bassin-minier",), "to_check"),
    ("autre", (), "to_check"),
    ("region", (), "to_check"),
    ("commune", (), "to_check"),
]


@pytest.mark.parametrize(("scale", "codes", "expected"), TERRITORY)
def test_a_perimeter_contains_the_project_or_not(scale: str, codes: tuple[str, ...], expected: Answer) -> None:
    found = check_territory(call(perimeter_scale=scale, perimeter_codes=codes), project(), PLACE)

    assert found.verdict == expected
    assert (found.question is None) == (expected != "to_check")


def test_a_zone_that_is_known_admits_and_another_is_to_check() -> None:
    inside = Place(PLACE.department, PLACE.region, frozenset({"bassin-minier"}))
    basin, coast = (call(perimeter_scale="autre", perimeter_codes=(zone,)) for zone in ("bassin-minier", "littoral"))

    assert check_territory(basin, project(), inside).verdict == "yes"
    assert check_territory(coast, project(), inside).verdict == "to_check"


@pytest.mark.parametrize(
    ("form", "audiences", "expected"),
    [
        ("commune", ("commune",), "yes"),
        ("commune", ("epci",), "to_check"),
        ("commune", ("association", "particulier"), "no"),
        ("association", ("entreprise_sociale",), "to_check"),
        ("association", ("commune",), "no"),
        ("societe_citoyenne", ("entreprise",), "to_check"),
        ("universite", ("etablissement_public",), "to_check"),
        ("lycee", ("commune",), "to_check"),
        ("commune", (), "to_check"),
    ],
)
def test_the_form_of_the_porteur_decides(form: str, audiences: tuple[str, ...], expected: Answer) -> None:
    assert check_beneficiary(call(audiences=audiences), project(form), PLACE).verdict == expected


def test_a_commune_is_told_that_its_agglomeration_may_apply() -> None:
    found = check_beneficiary(call(audiences=("epci",)), project("commune"), PLACE)

    assert found.question == "Voir si une candidature est possible via l’agglomération."


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"closes_at": moment(90)}, "yes"),
        ({"closes_at": moment(3)}, "to_check"),
        ({"closes_at": moment(-1)}, "no"),
        ({"closes_at": moment(-1), "recurrence": "permanente"}, "yes"),
        ({"closes_at": None}, "to_check"),
        ({"closes_at": None, "recurrence": "permanente"}, "yes"),
        ({"closes_at": moment(90), "opens_on": moment(10).date()}, "yes"),
    ],
)
def test_there_is_still_time_or_not(dates: dict[str, Any], expected: Answer) -> None:
    assert check_calendar(call(**dates), project(), PLACE, START).verdict == expected


@pytest.mark.parametrize(
    ("kind", "kinds", "expenses", "expected"),
    [
        ("investissement", ("subvention",), ("investissement",), "yes"),
        ("investissement", ("subvention",), ("fonctionnement",), "no"),
        ("fonctionnement", ("subvention",), ("investissement",), "no"),
        ("investissement", ("subvention",), (), "to_check"),
        ("investissement", ("ingenierie",), (), "to_check"),
        ("ingenierie", ("ingenierie",), (), "yes"),
        ("ingenierie", ("subvention", "ingenierie"), ("investissement",), "yes"),
        ("ingenierie", ("subvention",), ("investissement",), "to_check"),
        ("communication", ("subvention",), ("fonctionnement",), "to_check"),
    ],
)
def test_the_kind_of_expense(kind: NeedKind, kinds: Any, expenses: Any, expected: Answer) -> None:
    assert check_expense(call(kinds=kinds, expenses=expenses), need(kind=kind)).verdict == expected


FORMS = st.sampled_from([*FORM_WORDS, "lycee", "fablab", ""])
AUDIENCES = st.lists(st.sampled_from(get_args(Audience)), unique=True).map(tuple)


@given(form=FORMS, kind=st.sampled_from(get_args(NeedKind)))
def test_a_call_that_says_nothing_is_never_refused(form: str, kind: NeedKind) -> None:
    silent = call(
        audiences=(), perimeter_scale="autre", perimeter_codes=(), kinds=(), expenses=(), closes_at=None, rate_max=None
    )

    checks = (*check_project(silent, project(form), PLACE, START), check_expense(silent, need(kind=kind)))

    assert {check.verdict for check in checks} == {"to_check"}
    assert all(check.question for check in checks)
    assert verdict_of(checks) == "a_verifier"


@given(form=FORMS, audiences=AUDIENCES)
def test_an_unknown_form_is_neither_admitted_nor_refused(form: str, audiences: tuple[str, ...]) -> None:
    found = check_beneficiary(call(audiences=audiences), project(form), PLACE)

    if form not in FORM_WORDS:
        assert found.verdict == "to_check"
    if found.verdict == "no":
        assert audiences
        assert found.evidence.startswith("Ouvert aux ")


def test_every_answer_has_its_evidence_and_its_fact() -> None:
    checks = check_project(call(), project(), PLACE, START)

    assert [check.check for check in checks] == ["territoire", "beneficiaire", "calendrier"]
    assert [check.evidence for check in checks] == [
        "Périmètre : Hauts-de-France",
        "Ouvert aux communes et intercommunalités",
        "À déposer jusqu’au 10 juin 2026",
    ]
    assert all(check.fact for check in checks)
