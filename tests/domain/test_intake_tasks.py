"""The board counts and screens without choosing; tasks of the desk last as long as their reason."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from intake.domain.acts import Act, Result, Step
from intake.domain.alternatives import Proposal, best, draft
from intake.domain.board import Eligible, NotEligible, Selection, ToCheck, balance, completeness, screen
from intake.domain.dossier import Candidacy
from intake.domain.revision import Correction
from intake.domain.states import State
from intake.domain.tasks import Facts, Known, Quorum, tasks
from intake.domain.wave import Calendar, Wave
from kernel.contracts.label import Adviser
from tests.intake_story import DAY, NOW, dossier, label

SIREN = "123456782"


def candidacy(**changes: str) -> Candidacy:
    return Candidacy(uuid4(), "LE-2026-0001", uuid4(), NOW, dossier(**changes))


def proposal(**changes: object) -> Proposal:
    known = Proposal(
        uuid4(), "c:1", "Appel", ("Région",), "https://x.example", date(2026, 5, 1), "planter",
        "eligible", 0.5, "Oui.", NOW,
    )  # fmt: skip
    return replace(known, **changes)  # type: ignore[arg-type]  # by name


def test_a_screening_says_why() -> None:
    whole = candidacy(porteur_identifiant=SIREN)

    assert screen(whole, label().communes) == Eligible()
    assert isinstance(screen(whole, {}), NotEligible)
    assert isinstance(screen(candidacy(), label().communes), ToCheck)
    late = screen(replace(whole, state="hors_delai"), label().communes)
    assert isinstance(late, ToCheck) and len(late.missing) == 1


def test_completeness_names_what_lacks() -> None:
    shown = completeness(dossier(budget="12 000", calendrier="2026 : travaux"))

    assert shown.filled == ("description", "thèmes", "calendrier", "budget")
    assert "besoins" in shown.empty and shown.percent == round(400 / 11)


def test_a_balance_counts_what_each_selection_keeps() -> None:
    lens, bethune = candidacy(), candidacy(commune="62119")
    picks = [Selection(uuid4(), uuid4(), "A", "x", frozenset({lens.id})), Selection(uuid4(), uuid4(), "B", "x")]
    shown = balance([lens, bethune, candidacy()], picks)

    assert [(share.received, share.kept) for share in shown.epcis] == [(2, (1, 0)), (1, (0, 0))]
    assert [(share.code, share.received, share.kept) for share in shown.forms] == [("commune", 3, (1, 0))]


def test_the_best_calls_are_open_and_not_refused() -> None:
    gone, no = proposal(call_key="c:2", closes_on=date(2026, 3, 11)), proposal(call_key="c:3", verdict="non")
    check, sure = proposal(call_key="c:4", verdict="a_verifier", score=0.9), proposal(score=0.1)

    assert best([gone, no, check, sure], NOW.date()) == [sure, check]
    assert len(best([proposal(call_key=f"c:{n}") for n in range(9)], NOW.date())) == 4


def test_a_draft_names_calls_and_those_who_help_this_project() -> None:
    project = dossier().project
    helpers = [Adviser("Pour tous", "relire"), Adviser("Pour l’investissement", "payer", needs=("investissement",))]

    assert draft(project, [], []) == ""
    told = draft(project, [proposal()], helpers)
    assert "- Appel (Région), jusqu’au 01/05/2026. Oui. https://x.example" in told
    assert ("Pour tous" in told, "Pour l’investissement" in told) == (True, False)


@pytest.mark.parametrize(("days", "kind"), [(-1, "correction"), (3, "echeance"), (30, None)])
def test_a_correction_is_watched_the_week_it_is_due(days: int, kind: str | None) -> None:
    one = Known(uuid4(), "LE-1", "Projet", "preselectionne", 1, NOW)
    asked = Correction(uuid4(), one.id, "projet", "Précisez.", (NOW + days * DAY).date(), "Équipe", NOW)
    found = tasks(Facts([one], {one.id: 1}, {}, [asked], []), NOW)

    assert [task.kind for task in found] == ([kind] if kind else [])


def test_a_closed_wave_waits_for_its_preselection() -> None:
    one = Known(uuid4(), "LE-1", "Projet", "depose", 1, NOW)
    wave = Wave(uuid4(), Calendar("Vague", NOW - 30 * DAY, NOW, 10), "Équipe", NOW)
    found = tasks(Facts([one], {one.id: 1}, {}, [], [], last=wave), NOW)

    assert [(task.kind, task.address) for task in found] == [("preselection", f"/preselection?vague={wave.id}")]
    assert tasks(Facts([replace(one, state="non_retenu")], {one.id: 1}, {}, [], [], last=wave), NOW) == []
    assert tasks(Facts([one], {one.id: 1}, {}, [], [], last=replace(wave, closed_at=None)), NOW) == []


def test_an_act_done_in_part_is_a_task_for_a_week() -> None:
    left = Result(uuid4(), "Ce dossier est « Retiré ».")
    act = Act(uuid4(), "lu", "Équipe", NOW, NOW, (Step(left.candidacy_id, {}),), "fait", NOW, (left,))

    assert [task.kind for task in tasks(Facts([], {}, {}, [], [], halves=[act]), NOW)] == ["acte"]
    assert tasks(Facts([], {}, {}, [], [], halves=[act]), NOW + timedelta(days=7)) == []
    assert tasks(Facts([], {}, {}, [], [], halves=[replace(act, results=())]), NOW) == []


@pytest.mark.parametrize(
    ("state", "days", "missing", "told"),
    [("preselectionne", 3, 2, True), ("preselectionne", 4, 2, False), ("labellise", 0, 2, False)],
)
def test_a_quorum_is_watched_from_three_days_before(state: State, days: int, missing: int, told: bool) -> None:
    one = Known(uuid4(), "LE-1", "Projet", state, 1, NOW)
    lacking = Quorum(uuid4(), (NOW + days * DAY).date(), {one.id: missing, uuid4(): 1})
    found = tasks(Facts([one], {one.id: 1}, {}, [], [], quorums=[lacking]), NOW)

    assert [(task.kind, task.address) for task in found] == (
        [("quorum", f"/instruction/seances/{lacking.sitting}")] if told else []
    )
    assert all(task.what.endswith("il en manque à : LE-1 (2)") for task in found)
    assert tasks(Facts([one], {one.id: 1}, {}, [], [], quorums=[replace(lacking, missing={})]), NOW) == []
