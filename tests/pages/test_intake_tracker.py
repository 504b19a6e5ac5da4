"""Where a dossier stands: each step with its day, what comes next, and a date only where somebody set it."""

from dataclasses import replace
from uuid import uuid4

import pytest

from intake.domain.dossier import Candidacy
from intake.domain.journal import Act, Entry
from intake.domain.states import STATES, State
from intake.domain.wave import Wave
from intake.pages.receipt import steps
from intake.pages.tracker import Waves, coming, reached
from tests.intake_story import CALENDAR, DAY, NOW, STAFF, dossier

OWN = Wave(uuid4(), CALENDAR, STAFF)
LATER = Wave(uuid4(), replace(CALENDAR, title="Vague d’automne", opens_at=NOW + 99 * DAY), STAFF)
SENT = Candidacy(uuid4(), "LE-2026-0001", OWN.id, NOW, dossier())


def entry(act: Act, days: int) -> Entry:
    return Entry(SENT.id, NOW + days * DAY, STAFF, act, "", f"{act}:{days}")


def test_before_the_closing_its_day_is_told_and_after_it_none() -> None:
    before = coming(SENT, Waves(OWN, OWN), None, NOW)
    assert before.when == CALENDAR.closes_at and "La vague se termine" in before.words
    after = coming(SENT, Waves(OWN, None), None, NOW + 31 * DAY)
    assert after.when is None and "présélection est en cours" in after.words


def test_a_dossier_that_waits_hears_of_the_next_wave() -> None:
    waits = replace(SENT, state="en_attente")
    assert coming(waits, Waves(OWN, None), None, NOW).words == "La prochaine vague n’est pas encore annoncée."
    told = coming(waits, Waves(OWN, LATER), None, NOW)
    assert told.when == LATER.calendar.opens_at and "Vague d’automne" in told.words
    opened = coming(waits, Waves(OWN, LATER), None, NOW + 100 * DAY)
    assert opened.when == LATER.calendar.closes_at and "est ouverte" in opened.words


@pytest.mark.parametrize("state", STATES)
def test_no_state_is_left_without_its_way(state: State) -> None:
    way = steps(state, NOW, reached([entry("preselection", 3), entry("decision", 9), entry("decision", 12)]))
    assert way[0]["note"].startswith("12 mars 2026")
    if state in {"labellise", "nomine", "en_attente"}:
        assert (way[1]["note"], way[3]["note"]) == ("15 mars 2026", "24 mars 2026")
    coming(replace(SENT, state=state), Waves(OWN, None), None, NOW)


def test_the_end_of_the_way_has_its_day() -> None:
    assert steps("retire", NOW, reached([entry("retrait", 1)]))[1]["note"] == "13 mars 2026"
    assert steps("non_retenu", NOW)[1]["note"] == ""
