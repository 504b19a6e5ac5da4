"""What of a sent dossier may change, and when; a dossier written as answers and read again is the same dossier."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from intake.domain.draft import SECTIONS
from intake.domain.refusals import Refused
from intake.domain.revision import LIVING, Wish, changed, check_asked, check_changes, sections_open
from intake.domain.states import STATES
from intake.domain.tasks import Facts, Known, tasks, visible
from intake.domain.wave import Calendar, Wave, check_receives, extend, receives
from intake.forms.answers import answers_of
from intake.forms.candidacy import Filled, read
from intake.forms.draft import Answer as Kept
from intake.forms.draft import words_of_draft
from intake.forms.words import Words, words_of
from tests.intake_story import CALENDAR, DAY, NOW, SAMPLES, dossier, label, sample_form

TODAY = NOW.date()


def again(words: Words) -> Filled:
    agreed = Words({**words.single, "consentement": "oui"}, words.themes, words.rows, words.unreadable)
    found = read(agreed, label())
    assert isinstance(found, Filled), found
    return found


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_dossier_read_from_its_answers_is_the_same(path: Path) -> None:
    first = again(words_of(sample_form(path))).dossier

    answers = {name: Kept(value, 1, NOW) for name, value in answers_of(first).items()}

    assert again(words_of_draft(answers)).dossier == first


def test_everything_may_change_until_the_preselection_then_only_what_is_asked() -> None:
    assert sections_open("depose", []) == sections_open("hors_delai", []) == tuple(SECTIONS)
    assert sections_open("preselectionne", []) == ()
    assert sections_open("preselectionne", ["besoins", "projet"]) == ("projet", "besoins")
    assert sections_open("labellise", []) == sections_open("nomine", []) == LIVING
    assert all(sections_open(state, SECTIONS) == () for state in ("retire", "non_retenu"))
    assert {state for state in STATES if sections_open(state, [])} == {"depose", "hors_delai", "labellise", "nomine"}


def test_only_what_differs_changed_and_only_open_parts_may() -> None:
    before, after = answers_of(dossier()), answers_of(dossier(budget="9000", perimetre="La ville"))

    names = changed(before, after)

    assert names == ("perimetre", "budget")
    assert check_changes(names, SECTIONS) == ("territoire", "budget")
    with pytest.raises(Refused, match="territoire"):
        check_changes(names, ["budget"])
    with pytest.raises(Refused, match="n’a changé"):
        check_changes(changed(before, before), SECTIONS)


@pytest.mark.parametrize(
    ("wish", "state", "asked", "said"),
    [
        (Wish("budget", "Le total", TODAY), "labellise", [], "état actuel"),
        (Wish("consentement", "Le total", TODAY), "depose", [], "Choisissez la partie"),
        (Wish("budget", "Le total", TODAY), "depose", ["budget"], "déjà demandée"),
        (Wish("budget", "  ", TODAY), "depose", [], "Écrivez"),
        (Wish("budget", "Le total", TODAY - DAY), "depose", [], "passée"),
    ],
)
def test_a_request_that_cannot_be_answered_is_refused(wish: Wish, state: str, asked: list[str], said: str) -> None:
    with pytest.raises(Refused, match=said):
        check_asked(state, wish, TODAY, asked)  # type: ignore[arg-type]  # one of the states
    check_asked("depose", Wish("budget", "Le total", TODAY), TODAY, ["projet"])


def test_a_dossier_is_received_late_for_some_days_and_no_more() -> None:
    wave, late = Wave(uuid4(), CALENDAR, "Équipe"), timedelta(days=15)
    closes = CALENDAR.closes_at

    assert check_receives(wave, NOW, late) == (wave, False)
    assert check_receives(wave, closes, late) == (wave, True)
    assert not receives(wave, closes, timedelta(0))
    assert receives(wave, closes + late - timedelta(seconds=1), late) and not receives(wave, closes + late, late)
    assert not receives(wave, CALENDAR.opens_at - DAY, late) and not receives(None, NOW, late)


def test_a_closing_only_moves_later() -> None:
    wave = Wave(uuid4(), CALENDAR, "Équipe")

    assert extend(wave, CALENDAR.closes_at + DAY, NOW).calendar.closes_at == CALENDAR.closes_at + DAY
    for refused in (CALENDAR.closes_at, CALENDAR.closes_at - DAY):
        with pytest.raises(Refused, match="après"):
            extend(wave, refused, NOW)
    with pytest.raises(Refused, match="close"):
        extend(Wave(wave.id, CALENDAR, "Équipe", NOW), CALENDAR.closes_at + DAY, NOW)


def facts(**changes: object) -> Facts:
    known: dict[str, object] = {"dossiers": [], "read": {}, "waiting": {}, "corrections": [], "failures": []}
    return Facts(**{**known, **changes})  # type: ignore[arg-type]  # by name


def test_a_task_lasts_as_long_as_its_reason() -> None:
    late, new, read_, old = (
        Known(uuid4(), f"LE-{n}", f"Projet {n}", state, revision, NOW - n * DAY)
        for n, (state, revision) in enumerate([("hors_delai", 1), ("depose", 1), ("depose", 2), ("labellise", 3)])
    )
    wave = Wave(uuid4(), Calendar("Vague", NOW - 30 * DAY, NOW + 3 * DAY, 10), "Équipe")
    everything = facts(
        dossiers=[late, new, read_, old],
        read={read_.id: 1, old.id: 3},
        waiting={old.id: NOW - 8 * DAY, new.id: NOW - DAY},
        failures=[(new.id, NOW, "boîte pleine")],
        wave=wave,
    )

    found = tasks(everything, NOW)

    assert [(task.kind, task.dossier) for task in found] == [
        ("hors_delai", late.id),
        ("reponse", old.id),
        ("echec", new.id),
        ("lire", new.id),
        ("relire", read_.id),
        ("vague", None),
    ]
    assert tasks(facts(dossiers=[new, read_], read={new.id: 1, read_.id: 2}), NOW) == []
    assert tasks(facts(wave=wave), NOW + 4 * DAY) == []
    shown, aside = visible(found, {found[0].key: TODAY + DAY})
    assert (len(shown), aside) == (5, [found[0]])
