"""Days and deadlines as feeds write them: a day ends at its last second, and what is no date is told."""

from datetime import UTC, date, datetime

import pytest

from funding_watch.spiders.dates import day_of, deadline_of

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2027-01-31", datetime(2027, 1, 31, 22, 59, 59, tzinfo=UTC)),
        ("2027-01-31T00:00:00Z", datetime(2027, 1, 31, 22, 59, 59, tzinfo=UTC)),
        ("2027-07-14T12:00:00+02:00", datetime(2027, 7, 14, 10, tzinfo=UTC)),
        ("2027-07-14T12:00:00", datetime(2027, 7, 14, 10, tzinfo=UTC)),
        ("Date limite : 1er août 2027 (cachet de la poste)", datetime(2027, 8, 1, 21, 59, 59, tzinfo=UTC)),
        ("31\u00a0décembre\u202f2027", datetime(2027, 12, 31, 22, 59, 59, tzinfo=UTC)),
        ("au plus tard le 05/03/2027", datetime(2027, 3, 5, 22, 59, 59, tzinfo=UTC)),
        ("Fri, 05 Mar 2027 10:30:00 +0100", datetime(2027, 3, 5, 9, 30, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_a_deadline_is_the_last_moment(written: str | None, moment: datetime | None) -> None:
    assert deadline_of(written, PARIS) == moment


def test_a_day_is_the_funders() -> None:
    assert day_of("2027-01-31T23:30:00Z", PARIS) == date(2027, 2, 1)
    assert day_of("2027-01-31", PARIS) == date(2027, 1, 31)


@pytest.mark.parametrize("written", ["31 février 2027", "2027-13-01", "jusqu’à épuisement", "32/01/2027", "soon"])
def test_what_is_no_date_is_told(written: str) -> None:
    with pytest.raises(ValueError):
        deadline_of(written, PARIS)
