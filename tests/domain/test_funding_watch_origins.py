"""Each date, rate and amount is quoted from the text that says it, or said to come from a field."""

from datetime import UTC, date, datetime

import pytest

from funding_watch.domain.origins import origins
from tests.watch_story import call

FAR = "mot " * 60


def test_what_the_text_says_is_quoted_and_the_rest_comes_from_a_field() -> None:
    said = call(
        description=f"{FAR}Les dossiers sont reçus jusqu'au 10 juin 2026 inclus. {FAR}",
        eligibility_text="Aide de 40 % des dépenses, plafonnée à 1 250 000,00 €.",
        closes_at=datetime(2026, 6, 10, 21, 59, tzinfo=UTC),
        opens_on=date(2026, 1, 5),
        amount_max=1_250_000,
        rate_max=40,
    )
    found = {one.fact: one for one in origins(said)}

    assert found["Date limite"].where == "description"
    assert "jusqu'au 10 juin 2026 inclus" in (found["Date limite"].passage or "")
    assert (found["Date limite"].passage or "").startswith("… mot ") and len(found["Date limite"].passage or "") < 150
    assert found["Taux maximal"].passage == "Aide de 40 % des dépenses, plafonnée à 1 250 000,00 €."
    assert found["Montant maximal"].where == "conditions"
    assert found["Ouverture"].passage is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("De 140 % du prix", 40),
        ("plafond de 21 000 €", 1_000),
        ("1 000 habitants", 1_000),
        ("jusqu’à 1 250 000 €", 250_000),
    ],
)
def test_part_of_another_number_is_no_passage(text: str, number: int) -> None:
    said = call(description=text, rate_max=40, amount_max=number if number > 100 else None, closes_at=None)

    assert [one.passage for one in origins(said)] == [None] * (2 if number > 100 else 1)
