"""Answers in words: an amount reads as everywhere on the pages, whatever the person typed."""

import json

import pytest

from intake.pages.draft_words import lines_of
from kernel.contracts.label import load_label
from kernel.runtime.settings import Settings


@pytest.mark.parametrize(("typed", "words"), [("9000", "9 000 €"), ("12 000,50 €", "12 001 €"), ("à voir", "à voir")])
def test_an_amount_that_can_be_read_is_in_euros_and_another_stays(typed: str, words: str) -> None:
    settings = Settings.load()
    label = load_label(settings.label_file, settings.territory_file)
    [budget] = lines_of("budget", typed, label)
    [need] = lines_of("besoin", json.dumps([{"objet": "Planter", "montant": typed}]), label)
    assert budget.replace("\u202f", " ") == words
    assert need.replace("\u202f", " ") == f"Planter · {words}"
