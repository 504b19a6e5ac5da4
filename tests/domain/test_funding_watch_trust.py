"""What the source's own text contradicts waits for a person; what it does not mention is believed."""

from datetime import UTC, date, datetime

import pytest

from funding_watch.domain.trust import doubts, stated_deadlines
from tests.watch_story import call

CLOSES = datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Date limite de dépôt : 30 juin 2026.", [date(2026, 6, 30)]),
        ("Les dossiers sont reçus au plus tard le 1er février 2027 à midi.", [date(2027, 2, 1)]),
        ("Clôture des candidatures 15/09/2026", [date(2026, 9, 15)]),
        ("Date limite : 31 février 2026", []),
        ("Le décret du 12 mars 2024 fixe le cadre.", []),
        ("Date limite inconnue. Publié le 3 mars 2026.", []),
        ("Jusqu’à épuisement des crédits", []),
    ],
)
def test_only_what_the_text_calls_a_deadline_counts(text: str, days: list[date]) -> None:
    assert list(stated_deadlines(text)) == days


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"description": "Date limite : 30 juin 2026."}, None),
        ({"description": "Date limite : 30 juin 2026, puis date limite le 2 novembre 2026."}, None),
        ({"description": "Une aide aux haies."}, None),
        ({"description": "Date limite : 15 mai 2026."}, "15 mai 2026, la fiche le 30 juin 2026"),
        ({"opens_on": date(2026, 9, 1)}, "précède l’ouverture"),
        ({"amount_max": 500_000, "envelope": 100_000}, "dépasse l’enveloppe"),
        ({"closes_at": None, "description": "Date limite : 15 mai 2026."}, None),
    ],
)
def test_a_contradiction_is_a_doubt(changes: dict[str, object], said: str | None) -> None:
    found = doubts(call(**{"closes_at": CLOSES, **changes}))

    assert (not found) if said is None else said in " ".join(found)


@pytest.mark.parametrize(
    ("payload", "holds"),
    [
        ('{"submission_deadline": "2026-06-30"}', True),
        ('{"deadlineDate": ["2026-06-29T22:00:00.000+0000"]}', True),
        ('{"fin": "30/06/2026"}', True),
        ('{"fin": "30.6.26"}', True),
        ('{"closes": "jusqu’au 30&nbsp;juin 2026 à midi"}', True),
        ('{"closes": "before June 30, 2026"}', True),
        ('{"under": "2026-06-01", "closes": "le 30 juin"}', True),
        ('{"fin": "2026-07-30"}', False),
        ('{"fin": "130 juin 2026"}', False),
        ('{"fin": "sans date"}', False),
        ("", True),
    ],
)
def test_a_deadline_that_the_source_did_not_write_is_a_doubt(payload: str, holds: bool) -> None:
    found = doubts(call(closes_at=CLOSES, payload=payload))

    assert (found == []) is holds, found


@pytest.mark.parametrize(
    ("payload", "holds"),
    [
        ('{"loan_amount": 1500000}', True),
        ("plafonnée à 1 500 000,00 €", True),
        ("plafonnée à 1.500.000 €", True),
        ("jusqu’à 1,5 M€", True),
        ("1,5 million d’euros", True),
        ("1 500 k€", True),
        ("11 500 000 €", False),
        ("15 000 000 €", False),
        ("rien", False),
    ],
)
def test_an_amount_that_the_source_did_not_write_is_a_doubt(payload: str, holds: bool) -> None:
    found = doubts(call(closes_at=None, amount_max=1_500_000, payload=payload))

    assert (found == []) is holds, found


def test_an_earlier_stage_named_by_the_text_is_no_contradiction() -> None:
    stage = datetime(2026, 5, 15, 21, 59, 59, tzinfo=UTC)

    assert doubts(call(closes_at=CLOSES, cut_offs=(stage, CLOSES), description="Date limite : 15 mai 2026.")) == []
