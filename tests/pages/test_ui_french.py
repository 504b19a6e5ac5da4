"""Dates, amounts and punctuation are written as a French reader expects them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from markupsafe import Markup

from kernel.ui import french

NARROW = "\u202f"
THURSDAY = date(2026, 3, 12)


def test_a_date_is_written_in_full() -> None:
    assert french.date_longue(THURSDAY) == "jeudi 12 mars 2026"
    assert french.date_courte(THURSDAY) == "12 mars 2026"
    assert french.date_courte(date(2026, 2, 3)) == "3 févr. 2026"


@pytest.mark.parametrize("day", [date(2026, 3, 1), datetime(2026, 2, 28, 23, 30, tzinfo=UTC)])
def test_the_first_of_a_month_is_an_ordinal_in_paris(day: date) -> None:
    assert french.date_longue(day) == "dimanche 1er mars 2026"


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 3, 12, 11, 0, tzinfo=UTC), f"jeudi 12 mars 2026 à 12{NARROW}h"),
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), f"mercredi 1er juillet 2026 à 23{NARROW}h{NARROW}59"),
        (datetime(2026, 7, 1, 7, 5, tzinfo=UTC), f"mercredi 1er juillet 2026 à 9{NARROW}h{NARROW}05"),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), f"jeudi 2 juillet 2026 à 0{NARROW}h"),
    ],
)
def test_an_hour_is_the_hour_in_paris(at: datetime, written: str) -> None:
    assert french.date_heure(at) == written
    assert french.date_limite(at) == written


def test_a_deadline_without_time_shows_none() -> None:
    assert french.date_limite(THURSDAY) == "jeudi 12 mars 2026"


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        french.date_heure(datetime(2026, 3, 12, 12, 0))  # noqa: DTZ001 - the naive one is the point


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (12, "dans 12 jours"),
        (1, "demain"),
        (0, "aujourd’hui"),
        (-1, "clos depuis hier"),
        (-3, "clos depuis 3 jours"),
        (100_000, f"dans 100{NARROW}000 jours"),
    ],
)
def test_days_left_are_told_in_words(days: int, written: str) -> None:
    assert french.jours_restants(THURSDAY + timedelta(days), THURSDAY) == written


def test_days_left_are_calendar_days_in_paris() -> None:
    late_in_utc = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # already the 2nd in Paris

    assert french.jours_restants(late_in_utc, date(2026, 7, 1)) == "demain"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (12_500, f"12{NARROW}500{NARROW}€"),
        (0, f"0{NARROW}€"),
        (-350, f"\u2212350{NARROW}€"),
        (-0.001, f"0{NARROW}€"),
        (12.5, f"12,50{NARROW}€"),
        (Decimal("1234.56"), f"1{NARROW}234,56{NARROW}€"),
        (0.1 + 0.2, f"0,30{NARROW}€"),
        (10**15, f"1{NARROW}000{NARROW}000{NARROW}000{NARROW}000{NARROW}000{NARROW}€"),
        (None, "non précisé"),
    ],
)
def test_euros(value: float | Decimal | None, written: str) -> None:
    assert french.euros(value) == written


def test_an_amount_of_forty_digits_is_written_whole() -> None:
    assert french.nombre(10**40).replace(NARROW, "") == str(10**40)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (80, f"80{NARROW}%"),
        (12.5, f"12,5{NARROW}%"),
        (-3, f"\u22123{NARROW}%"),
        (0, f"0{NARROW}%"),
        (None, "non précisé"),
    ],
)
def test_a_rate_is_in_percent(value: float | None, written: str) -> None:
    assert french.taux(value) == written


def test_numbers_keep_two_decimals_at_most() -> None:
    assert french.nombre(3.14159) == "3,14"
    assert french.nombre(1284) == f"1{NARROW}284"
    assert french.nombre(None) == "non précisé"


def test_a_file_weighs_in_units_that_people_know() -> None:
    assert french.poids(1) == "1 octet"
    assert french.poids(999) == "999 octets"
    assert french.poids(340_400) == f"340{NARROW}ko"
    assert french.poids(2_449_000) == f"2,4{NARROW}Mo"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not a number"):
        french.euros(value)


@pytest.mark.parametrize("write", [french.date_longue, french.date_courte, french.date_heure, french.date_limite])
def test_a_missing_date_is_told(write: object) -> None:
    assert callable(write) and write(None) == "non précisée"


def test_no_deadline_is_told() -> None:
    assert french.jours_restants(None, THURSDAY) == "sans date limite"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Bonjour !", f"Bonjour{NARROW}!"),
        ("Bonjour!", f"Bonjour{NARROW}!"),
        ("Quoi ?!", f"Quoi{NARROW}?!"),
        ("Objet : eau; sols : tout", f"Objet{NARROW}: eau{NARROW}; sols{NARROW}: tout"),
        ("« oui »", f"«{NARROW}oui{NARROW}»"),
        ("«oui»?", f"«{NARROW}oui{NARROW}»{NARROW}?"),
        (" : ", f"{NARROW}: "),
        ("l'eau d'ici", "l’eau d’ici"),
        ("https://exemple.test/a?b=1;c", "https://exemple.test/a?b=1;c"),
        ("à 12:30", "à 12:30"),
        ("12 500 €, 80 %", f"12{NARROW}500{NARROW}€, 80{NARROW}%"),
        ("poste 12 34, le 3 mars", "poste 12 34, le 3 mars"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("", ""),
        (12, "12"),
    ],
)
def test_typo(typed: object, shown: str) -> None:
    assert str(french.typo(typed)) == shown


def test_typo_escapes_and_does_so_once() -> None:
    escaped = french.typo("<b>Oui & non ?</b>")

    assert escaped == f"&lt;b&gt;Oui &amp; non{NARROW}?&lt;/b&gt;"
    assert french.typo(escaped) == escaped


def test_typo_keeps_the_tags_of_markup() -> None:
    link = Markup('<a href="/a?b=1" title="x">Voir ?</a> &amp; lire : oui')

    assert french.typo(link) == f'<a href="/a?b=1" title="x">Voir{NARROW}?</a> &amp; lire{NARROW}: oui'
