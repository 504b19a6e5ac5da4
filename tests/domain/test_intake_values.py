"""What people type is understood where a person would expect it, else refused with what to write."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from intake.forms import values
from intake.forms.values import LARGEST_AMOUNT, Wrong

SPACES = st.sampled_from([" ", "\u00a0", "\u202f", "\u2009", "", "'", "’"])
UNITS = st.sampled_from(["", " €", "€", " euros", "\u202f€", " EUR"])


@pytest.mark.parametrize(
    ("typed", "euros"),
    [
        ("12 000,50 €", 12_001),
        ("12000.5", 12_001),
        ("12000,49", 12_000),
        ("12 000", 12_000),
        ("12\u00a0000\u202f€", 12_000),
        ("12.000", 12_000),
        ("1.234.567,89", 1_234_568),
        ("1,234,567.89", 1_234_568),
        ("12'000", 12_000),
        ("６０００", 6_000),
        ("12 k€", 12_000),
        ("1,2 M€", 1_200_000),
        ("6 millions d’euros", 6_000_000),
        ("0", 0),
        ("007", 7),
        ("", None),
        (" \u202f ", None),
    ],
)
def test_an_amount_is_read(typed: str, euros: int | None) -> None:
    assert values.amount(typed) == euros


@pytest.mark.parametrize(
    "typed",
    [
        "beaucoup", "-5", "\u2212 12", "1 2 3", "12 00", "1.2.3", "1,23.45,6", "12 $", "1e9", "٣٤", "0x10", "nan",
        "12 000 000 000", "9" * 50, "€", ",5", "12,", "12;5", "²", "𝟙𝟚x",
    ],
)  # fmt: skip
def test_an_amount_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Wrong):
        values.amount(typed)


@given(st.integers(0, LARGEST_AMOUNT), SPACES, UNITS, st.sampled_from(["", ",00", ".4", ",49"]))
def test_an_amount_written_the_french_way_comes_back(euros: int, space: str, unit: str, cents: str) -> None:
    assert values.amount(f"{euros:,}".replace(",", space) + cents + unit) == euros


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(typed: str) -> None:
    for parse in (values.amount, values.month, values.identifier, values.email, values.moment):
        try:
            parse(typed)
        except Wrong as wrong:
            assert str(wrong).endswith(".")


@pytest.mark.parametrize(
    "typed",
    ["732 829 320 00074", "73282932000074", "732 829 320", "732.829.320.00074", "w621 000 123", "W621000123",
     "356 000 000 00048", "35600000049837", "732\u00a0829\u202f320"],
)  # fmt: skip
def test_an_identifier_is_read(typed: str) -> None:
    found = values.identifier(typed)

    assert found is not None
    assert found.isalnum()


@pytest.mark.parametrize(
    "typed",
    ["732 829 320 00075", "732 829 321", "1234", "W62100012", "X621000123", "35600000049838", "٧٣٢٨٢٩٣٢٠", "0" * 9,
     "0" * 14],
)  # fmt: skip
def test_an_identifier_with_a_slip_is_refused(typed: str) -> None:
    with pytest.raises(Wrong):
        values.identifier(typed)


@given(st.integers(10_000_000, 99_999_999), st.integers(0, 9), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(stem: int, _: int, place: int, slip: int) -> None:
    siren = f"{stem}{luhn.calc_check_digit(str(stem))}"
    wrong = siren[:place] + str((int(siren[place]) + slip) % 10) + siren[place + 1 :]

    assert values.identifier(siren) == siren
    with pytest.raises(Wrong):
        values.identifier(wrong)


@pytest.mark.parametrize(
    ("typed", "month"),
    [("2026-09", "2026-09"), ("9/2026", "2026-09"), ("09/2026", "2026-09"), ("2026 9", "2026-09"), ("", None)],
)
def test_a_month_is_read(typed: str, month: str | None) -> None:
    assert values.month(typed) == month


@pytest.mark.parametrize("typed", ["2026-13", "9999-01", "0000-00", "septembre", "2026", "2026-09-01", "09/26"])
def test_a_month_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Wrong):
        values.month(typed)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Accueil@Mairie.EXAMPLE ", "Accueil@mairie.example"),
        ("mailto:a.b+c@sous.domaine.example", "a.b+c@sous.domaine.example"),
    ],
)
def test_an_address_is_read(typed: str, address: str) -> None:
    assert values.email(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "a", "a@b", "a@@b.example", "a b@c.example", "a@b..example", ".a@b.example", "a@-b.example", "<a@b.example>",
     "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example", f"{'a' * 65}@b.example", "é@b.example"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Wrong):
        values.email(typed)


def test_a_moment_is_of_paris_unless_it_says_otherwise() -> None:
    assert values.moment("2026-03-12T12:00").astimezone(UTC) == datetime(2026, 3, 12, 11, tzinfo=UTC)
    for french in ("12/03/2026 12:00", "12/03/2026 à 12 h", "12.3.2026 12h00", "12/03/2026, 12 h 00"):
        assert values.moment(french) == values.moment("2026-03-12T12:00"), french
    assert values.moment("2026-03-12T12:00:00Z") == datetime(2026, 3, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "demain", "9999-12-31T23:59", "0001-01-01T00:00", "2026-02-30T10:00"])
def test_a_moment_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Wrong):
        values.moment(typed)
