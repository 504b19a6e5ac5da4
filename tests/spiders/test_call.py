"""A call changes when what an applicant would act on changes, and its status is a function of the day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from funding_watch.domain.call import MEANINGFUL, FundingCall, changes
from kernel.contracts.funding_watch import FieldChange

BRUSSELS = ZoneInfo("Europe/Brussels")
EVENING = datetime(2027, 2, 3, 23, 59, 59, tzinfo=BRUSSELS)


def call(**changes_: Any) -> FundingCall:
    facts: dict[str, Any] = {
        "source": "eu_portal",
        "reference": "51084983TOPICSen",
        "title": "Nature and biodiversity projects",
        "funders": ("Commission européenne",),
        "audiences": ("commune", "association"),
        "timezone": "Europe/Brussels",
        "closes_at": EVENING,
        "cut_offs": (EVENING,),
        "envelope": 173_500_000,
        "url": "https://ec.europa.eu/info/funding-tenders",
    }
    return FundingCall(**(facts | changes_))


def test_a_call_is_named_by_its_source_and_reference() -> None:
    assert call().key == "eu_portal:51084983TOPICSen"


@pytest.mark.parametrize(
    "told_otherwise",
    [
        {"closes_at": datetime(2027, 2, 3, 17, tzinfo=BRUSSELS)},
        {"closes_at": EVENING.astimezone(UTC), "cut_offs": (EVENING.astimezone(UTC),)},
        {"cut_offs": (datetime(2027, 2, 3, 12, tzinfo=BRUSSELS),)},
        {"audiences": ("association", "commune")},
        {"title": "Nature and  biodiversity\nprojects"},
        {"description": "Rewritten from end to end.", "themes": ("Nature",)},
        {"url": "https://ec.europa.eu/elsewhere"},
    ],
    ids=["hour", "zone", "hour of a cut-off", "order", "spaces", "description", "address"],
)
def test_noise_changes_nothing(told_otherwise: dict[str, Any]) -> None:
    other = call(**told_otherwise)

    assert changes(call(), other) == []
    assert other.content_hash() == call().content_hash()


@pytest.mark.parametrize(
    ("amended", "change"),
    [
        (
            {"closes_at": EVENING + timedelta(days=21)},
            FieldChange(field="closes_at", old="2027-02-03", new="2027-02-24"),
        ),
        ({"envelope": 180_000_000}, FieldChange(field="envelope", old="173500000", new="180000000")),
        ({"closes_at": None}, FieldChange(field="closes_at", old="2027-02-03", new=None)),
        (
            {"audiences": ("commune",)},
            FieldChange(field="audiences", old="association | commune", new="commune"),
        ),
    ],
    ids=["deadline moved", "envelope raised", "deadline gone", "audience shrunk"],
)
def test_a_change_is_told_field_by_field(amended: dict[str, Any], change: FieldChange) -> None:
    assert changes(call(), call(**amended)) == [change]
    assert call(**amended).content_hash() != call().content_hash()


def test_the_hash_is_the_same_on_every_machine() -> None:
    """Stored hashes would all be told as changes if it moved: change this with a migration only."""
    assert call().content_hash() == "42d103c6e620eb4f6e3a65078d19e6ab0748af96311c93795b96b481102ff122"


def test_two_calls_are_not_compared() -> None:
    with pytest.raises(ValueError, match="are two calls"):
        changes(call(), call(reference="other"))


def test_every_meaningful_field_exists() -> None:
    assert set(MEANINGFUL) < set(FundingCall.model_fields)


@given(hours=st.integers(0, 23), days=st.integers(-400, 400))
def test_a_deadline_is_a_day_in_brussels(hours: int, days: int) -> None:
    moved = datetime(2027, 2, 3, hours, tzinfo=BRUSSELS) + timedelta(days=days)

    told = changes(call(cut_offs=()), call(cut_offs=(), closes_at=moved))

    assert bool(told) == (moved.date() != date(2027, 2, 3))


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"opens_on": date(2027, 2, 4), "closes_at": None}, "a_venir"),
        ({"opens_on": date(2027, 2, 3)}, "ouvert"),
        ({}, "ouvert"),
        ({"closes_at": EVENING - timedelta(days=1)}, "clos"),
        ({"closes_at": EVENING - timedelta(days=1), "recurrence": "permanente"}, "permanent"),
        ({"recurrence": "permanente"}, "ouvert"),
        ({"closes_at": None, "recurrence": "permanente"}, "permanent"),
        ({"closes_at": None}, "ouvert"),
    ],
)
def test_the_status_is_a_function_of_the_day(facts: dict[str, Any], status: str) -> None:
    assert call(**facts).status_on(date(2027, 2, 3)) == status


def test_on_the_last_day_the_hour_counts() -> None:
    at_five = call(closes_at=datetime(2027, 2, 3, 17, tzinfo=BRUSSELS))

    assert at_five.status_at(datetime(2027, 2, 3, 16, tzinfo=UTC)) == "ouvert"
    assert at_five.status_at(datetime(2027, 2, 3, 16, 1, tzinfo=UTC)) == "clos"


@pytest.mark.parametrize(
    "wrong",
    [
        {"closes_at": datetime(2027, 2, 3)},  # noqa: DTZ001 - the naive time is the point
        {"rate_max": 150},
        {"rate_min": 80, "rate_max": 20},
        {"amount_min": 9, "amount_max": 3},
        {"url": "javascript:x()"},
        {"audiences": ("mairie",)},
        {"title": " "},
        {"raw": {}},
    ],
    ids=", ".join,
)
def test_a_record_that_means_nothing_cannot_exist(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        call(**wrong)


def test_a_call_survives_storage() -> None:
    assert FundingCall.model_validate_json(call().model_dump_json()) == call()
