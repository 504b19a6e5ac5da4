"""Anchor dossiers ask what the committee's grid asks, and stop the start when they cannot be used."""

from dataclasses import replace

import pytest

from kernel.contracts.label import AnchorDossier, ModelMark, WrongLabel
from scoring.domain import grids, trials
from tests.sitting_story import label, small_grid

ONE = AnchorDossier("un", "Un", "Texte", (ModelMark("voix", 3, "Oui."), ModelMark("argent", 1, "Peu.")))
OTHER = AnchorDossier("autre", "Autre", "Texte", (ModelMark("ailleurs", 3, "Oui."),))


def test_a_committee_is_asked_what_its_grid_asks() -> None:
    assert [asked.code for asked in trials.questions(ONE, small_grid())] == ["argent", "voix"]
    assert trials.left([ONE, OTHER], small_grid(), []) == [ONE]
    assert trials.left([ONE, OTHER], small_grid(), ["un"]) == []


def test_answers_stand_beside_the_model() -> None:
    found = trials.compared(ONE, small_grid(), {"argent": 4, "voix": 3})

    assert [(one.mine, one.model.level, one.words) for one in found] == [
        (4, 1, "3 niveaux d'écart"),
        (3, 3, "le même niveau"),
    ]


def test_the_label_has_two_that_use_the_whole_scale() -> None:
    dossiers = label().anchor_dossiers

    assert len(dossiers) == 2
    assert {mark.level for one in dossiers for mark in one.marks} == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("marks", [(), (ModelMark("inconnu", 2, "x"),), (ModelMark("emploi", 5, "x"),)])
def test_an_anchor_dossier_that_cannot_be_used_stops(marks: tuple[ModelMark, ...]) -> None:
    with pytest.raises(WrongLabel, match="anchor dossier 'un'"):
        grids.check_label(replace(label(), anchor_dossiers=(replace(ONE, marks=marks),)))
