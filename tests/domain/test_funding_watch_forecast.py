"""A forecast rests on two years at least, names them, and gives way to what is announced."""

from datetime import date
from typing import Any

import pytest

from funding_watch.domain.forecast import Edition, forecasts

TODAY = date(2026, 11, 25)


def edition(key: str, *openings: date, title: str = "Plan vélo des communes", **changes: Any) -> Edition:
    return Edition(key, title, changes.pop("funders", ("Région",)), openings, changes.pop("over", True))


def test_two_januaries_announce_a_third() -> None:
    found = forecasts([edition("a:1", date(2025, 1, 20), date(2026, 1, 8))], TODAY)

    assert found["a:1"].expected == date(2027, 1, 1)
    assert found["a:1"].sentence == ("Ouvert en janvier 2025 et en janvier 2026\u202f: à préparer pour janvier 2027.")


def test_editions_of_one_scheme_count_together_under_the_latest() -> None:
    editions = [
        edition("a:1", date(2025, 2, 20), title="Plan vélo des communes 2025"),
        edition("a:2", date(2026, 1, 8), title="Plan vélo des communes 2026"),
        edition("a:3", date(2025, 1, 8), title="Plan vélo des communes 2025", funders=("ADEME",)),
    ]

    assert list(forecasts(editions, TODAY)) == ["a:2"]


@pytest.mark.parametrize(
    "openings",
    [
        (date(2026, 1, 8),),
        (date(2025, 6, 1), date(2026, 1, 8)),
        (date(2022, 1, 8), date(2026, 1, 8)),
        (date(2026, 1, 2), date(2026, 1, 8)),
        (),
    ],
)
def test_no_rhythm_is_no_forecast(openings: tuple[date, ...]) -> None:
    assert forecasts([edition("a:1", *openings)], TODAY) == {}


def test_what_is_open_or_announced_needs_no_forecast() -> None:
    past = edition("a:1", date(2025, 1, 8), date(2026, 1, 8))
    announced = edition("a:2", date(2027, 1, 15), title="Plan vélo des communes 2027", over=False)

    assert forecasts([past, announced], TODAY) == {}


def test_a_month_that_is_now_is_this_year() -> None:
    found = forecasts([edition("a:1", date(2024, 11, 8), date(2025, 11, 8))], TODAY)

    assert found["a:1"].expected == date(2026, 11, 1)
