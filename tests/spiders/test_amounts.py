"""A figure is an amount of aid only where the sentence says so."""

import pytest

from funding_watch.spiders.amounts import stated_amounts


@pytest.mark.parametrize(
    ("sentence", "amounts"),
    [
        ("Aide de 10 000 à 60 000 €.", (10_000, 60_000)),
        ("Prêt de 5\u202f000\u202f€ à 30\u202f000\u202f€, à taux zéro.", (5_000, 30_000)),
        ("Subvention plafonnée à 1 500 000 euros par projet.", (None, 1_500_000)),
        ("Aide de 7 164 € par an.", (7_164, 7_164)),
        ("Aide d'un maximum de 9 000 €.", (None, 9_000)),
        ("Subvention à partir de 2 000 €.", (2_000, None)),
        ("Dépenses plafonnées à 100 000 €.", (None, None)),
        ("Aide aux travaux d'un coût de 100 000 €.", (None, None)),
        ("Jusqu'à 80 % du coût.", (None, None)),
    ],
)
def test_only_the_amount_of_the_aid_is_taken(sentence: str, amounts: tuple[int | None, int | None]) -> None:
    assert stated_amounts(sentence) == amounts
