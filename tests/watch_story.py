"""What the tests of the watch tell: a project with two needs, calls for and against it, and their events."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from funding_watch import handlers
from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Place
from funding_watch.store import sources
from funding_watch.store.sources import Claim
from kernel.contracts.envelope import Event
from kernel.contracts.intake import CandidacySubmitted, CandidacyWithdrawn, Need, NeedKind, Project
from kernel.contracts.scoring import DecisionTaken, Outcome
from kernel.runtime.database import Database, Work

START = datetime(2026, 3, 12, 11, tzinfo=UTC)
PLACE = Place(department="62", region="32")
SOURCE = "aides_territoires"


def moment(days: int) -> datetime:
    """`days` after the day on which the stories begin."""
    return START + timedelta(days=days)


def need(
    number: int = 1, purpose: str = "Construire un réseau de chaleur au bois", kind: NeedKind = "investissement"
) -> Need:
    return Need(number=number, purpose=purpose, kind=kind, amount=None, begins=None, ends=None, details="")


NEEDS = (need(), need(2, "Animer des ateliers de réparation de vélos dans les écoles", "fonctionnement"))


def project(form: str = "commune", needs: Sequence[Need] = NEEDS, title: str = "La cité refaite") -> Project:
    return Project(
        title=title,
        summary="Chauffer et relier la cité minière.",
        description="",
        themes=("energie", "mobilite"),
        porteur="Ville de Lens",
        porteur_form=form,
        commune_code="62498",
        commune_name="Lens",
        epci_code="246200364",
        stage="etude",
        budget=None,
        plan=(),
        needs=tuple(needs),
    )


def call(reference: str = "1", **changes: Any) -> FundingCall:
    """A call that pays for the first need of the project; `changes` are fields of FundingCall."""
    fields: dict[str, Any] = {
        "source": SOURCE,
        "reference": reference,
        "title": "Réseaux de chaleur au bois",
        "funders": ("ADEME",),
        "description": "Construction de chaufferies et de réseaux de chaleur alimentés au bois.",
        "audiences": ("commune", "epci"),
        "perimeter_scale": "region",
        "perimeter_name": "Hauts-de-France",
        "perimeter_codes": ("32",),
        "kinds": ("subvention",),
        "expenses": ("investissement",),
        "closes_at": moment(90),
        "rate_max": 40,
        "url": "https://funder.example/calls/1",
    }
    return FundingCall(**{**fields, **changes})


def far_calls(count: int = 8) -> list[FundingCall]:
    """Calls about other things, so that words have a weight."""
    subjects = (
        "Restauration de tableaux",
        "Cuisine des cantines",
        "Berges et zones humides",
        "Logiciels des mairies",
        "Soins aux personnes âgées",
        "Formation des pompiers",
        "Musique et spectacles",
        "Terrains de football",
    )
    return [
        call(f"far-{number}", title=subjects[number % 8], description=f"{subjects[number % 8]}, édition {number}.")
        for number in range(count)
    ]


def english_call(**changes: Any) -> FundingCall:
    fields = {
        "source": "eu_portal",
        "language": "en",
        "timezone": "Europe/Brussels",
        "title": "District heating fed by biomass",
        "description": "Projects build heat networks and renew district heating in European cities.",
        "audiences": (),
        "expenses": (),
        "perimeter_scale": "europe",
        "perimeter_name": "Europe",
        "perimeter_codes": ("EU",),
    }
    return call("EN-1", **{**fields, **changes})


def submitted(candidacy_id: UUID, facts: Project | None = None) -> CandidacySubmitted:
    return CandidacySubmitted(
        candidacy_id=candidacy_id,
        number="LE-2026-0001",
        wave_id=UUID(int=26),
        submitted_at=moment(-60),
        project=facts or project(),
    )


def decided(candidacy_id: UUID, outcome: Outcome = "labellise", day: int = -1) -> DecisionTaken:
    return DecisionTaken(
        candidacy_id=candidacy_id, outcome=outcome, reason="Projet solide.", by="Équipe du Label", at=moment(day)
    )


def withdrawn(candidacy_id: UUID) -> CandidacyWithdrawn:
    return CandidacyWithdrawn(candidacy_id=candidacy_id, at=moment(0), reason="Le terrain est vendu.")


def someone() -> UUID:
    """A candidacy that no other test knows."""
    return uuid4()


async def claimed(work: Work, source: str = SOURCE) -> Claim:
    """The right to store what a source showed."""
    await sources.introduce(work.session, source, "Aides-territoires")
    await sources.mark_due(work.session, source, work.at, work.cause)
    claim = await sources.claim(work.session, work.at)
    assert claim is not None
    return claim


async def read(database: Database, *calls: FundingCall) -> None:
    """A believed reading of a source that showed `calls`, as the loop stores it."""
    async with database.work() as work:
        claim = await claimed(work)
    async with database.work() as work:
        tally = await handlers.store_calls(work, claim, calls)
    async with database.work() as work:
        await handlers.finish_crawl(work, claim, tally)


async def told(database: Database, event: type[Event] | None = None) -> list[dict[str, Any]]:
    """The bodies of the events recorded so far, of one kind where it is given."""
    async with database.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT subject, body FROM outbox ORDER BY id"))).all()
    return [json.loads(body) for subject, body in rows if event is None or subject == event.subject()]
