"""What funders write of their calendar: several cut-offs, openings, hours, months without year, and what is no date."""

from datetime import UTC, date, datetime

import pytest

from funding_watch.spiders.amounts import stated_amounts, stated_rates
from funding_watch.spiders.calendars import Calendar, month_of, read_calendar

PARIS = "Europe/Paris"


def days(text: str, under: date | None = None) -> tuple[str | None, list[str]]:
    """(opening, cut-offs) of a text, as days."""
    found = read_calendar(text, PARIS, under)
    opens = found.opens_on.isoformat() if found.opens_on else None
    return opens, [at.date().isoformat() for at in found.cut_offs]


@pytest.mark.parametrize(
    ("text", "opens", "cut_offs"),
    [
        ("première période : 17 novembre 2025 ; deuxième : 16 mars 2026", None, ["2025-11-17", "2026-03-16"]),
        ("15 janvier, 15 mai et 15 septembre 2027", None, ["2027-01-15", "2027-05-15", "2027-09-15"]),
        ("du 2 mars au 30 juin 2027", "2027-03-02", ["2027-06-30"]),
        ("À partir du 1er mars 2027, et jusqu’au 30/06/2027 inclus", "2027-03-01", ["2027-06-30"]),
        ("Ouverture le 4 janvier 2027. Clôture le 5 févr. 2027", "2027-01-04", ["2027-02-05"]),
        ("session du 3 mars 2027", None, ["2027-03-03"]),
        ("2027-03-01", None, ["2027-03-01"]),
        ("2027-03-01T10:00:00+01:00", None, ["2027-03-01"]),
        ("", None, []),
    ],
)
def test_every_date_of_a_sentence_has_its_part(text: str, opens: str | None, cut_offs: list[str]) -> None:
    assert days(text) == (opens, cut_offs)
    assert not read_calendar(text, PARIS).wrong


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("le 17 novembre 2025 à 12h", datetime(2025, 11, 17, 11, tzinfo=UTC)),
        ("le 17 juillet 2026 à 17 h 30", datetime(2026, 7, 17, 15, 30, tzinfo=UTC)),
        ("le 17/07/2026 avant 8 heures", datetime(2026, 7, 17, 6, tzinfo=UTC)),
        ("le 17 juillet 2026", datetime(2026, 7, 17, 21, 59, 59, tzinfo=UTC)),
    ],
)
def test_an_hour_is_kept_and_a_bare_day_ends_at_its_end(text: str, at: datetime) -> None:
    assert read_calendar(text, PARIS).cut_offs == (at,)


def test_a_day_without_year_takes_that_of_its_month() -> None:
    assert month_of("Appels à projets – Mai 2027") == date(2027, 5, 1)
    assert month_of("À propos") is None
    assert days("avant le 15 juin", date(2027, 5, 1)) == (None, ["2027-06-15"])
    assert days("avant le 15 janvier", date(2027, 11, 1)) == (None, ["2028-01-15"])


@pytest.mark.parametrize("text", ["le 31 février 2027", "avant le 15 juin", "le 32/01/2027", "le 3 mai 2027 à 29h"])
def test_what_cannot_be_is_handed_back_as_written(text: str) -> None:
    found = read_calendar(text, PARIS)

    assert found.cut_offs == ()
    assert found.wrong and found.wrong[0] in text


def test_one_impossible_date_hides_no_other() -> None:
    found = read_calendar("31 février 2027 puis 15 mars 2027", PARIS)

    assert (found.wrong, [at.day for at in found.cut_offs]) == (("31 février 2027",), [15])


@pytest.mark.parametrize("text", ["au fil de l’eau", "Toute l'année", "dépôt en continu", "sans date limite"])
def test_permanent_calls_say_so(text: str) -> None:
    assert read_calendar(text, PARIS) == Calendar(permanent=True)


def test_running_out_of_money_is_no_date_and_no_promise() -> None:
    assert read_calendar("jusqu’à épuisement des crédits", PARIS) == Calendar()


@pytest.mark.parametrize(
    ("text", "amounts", "rates"),
    [
        ("50% plafonné à 20 k€", (None, 20_000), (None, 50)),
        ("Subvention plafonnée à 1 000 000,00 €", (None, 1_000_000), (None, None)),
        ("Aide de 1 234,56 €", (1_234, 1_234), (None, None)),
        ("Aide jusqu'à 1,5 M€", (None, 1_500_000), (None, None)),
        ("Subvention de 30 % à 50 %, dans la limite de 3 millions d’euros", (None, 3_000_000), (30, 50)),
        ("Aide de 10 à 20 k€", (10_000, 20_000), (None, None)),
        ("30 % des études, 40 % des travaux", (None, None), (None, None)),
        ("150 % des espoirs", (None, None), (None, None)),
        ("50 % des dépenses plafonnées à 20 k€", (None, None), (None, 50)),
    ],
)
def test_amounts_and_rates_as_people_write_them(
    text: str, amounts: tuple[int | None, int | None], rates: tuple[int | None, int | None]
) -> None:
    assert (stated_amounts(text), stated_rates(text)) == (amounts, rates)
