"""What the tests of scoring tell: a project, its events, and the people who act on it."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args
from uuid import UUID, uuid4

from kernel.contracts.intake import (
    CandidacyNotRetained,
    CandidacyPreselected,
    CandidacySubmitted,
    CandidacyWithdrawn,
    Need,
    PlanLine,
    Project,
    WaveOpened,
)
from kernel.contracts.scoring import Committee
from kernel.runtime.database import Work
from scoring import handlers
from scoring.domain import chain
from scoring.domain.rulings import Decide, GiveOpinion, Officer
from scoring.domain.votes import Vote
from scoring.store import chain as chain_kept

START = datetime(2026, 3, 12, 11, tzinfo=UTC)
WAVE = UUID("00000000-0000-4000-8000-000000000026")
STAFF = Officer("Équipe du Label", "staff")
REASON = "Le projet est solide et son financement avance."
COMMITTEES: tuple[Committee, ...] = get_args(Committee)

PLAN = (
    PlanLine(funder="Ville de Lens", amount=80_000, state="acquis"),
    PlanLine(funder="Agence de l'eau Artois-Picardie", amount=120_000, state="demande"),
    PlanLine(funder="Mécénat d'entreprises", amount=None, state="envisage"),
)
NEEDS = (
    Need(
        number=1,
        purpose="Préparer les sols",
        kind="investissement",
        amount=150_000,
        begins="2026-09",
        ends="2027-03",
        details="Les sols de la friche sont tassés.",
    ),
    Need(
        number=2,
        purpose="Animer les chantiers avec les écoles",
        kind="partenariat",
        amount=None,
        begins=None,
        ends=None,
        details="",
    ),
)


def moment(days: int) -> datetime:
    """`days` after the day on which the stories begin."""
    return START + timedelta(days=days)


def project(title: str = "Une forêt urbaine") -> Project:
    return Project(
        title=title,
        summary="Planter une forêt au cœur de la ville, avec les habitants.",
        description="Sur une friche de deux hectares, la commune plante des arbres.\nLes écoles y participent.",
        themes=("biodiversite_eau", "participation"),
        porteur="Ville de Lens",
        porteur_form="commune",
        commune_code="62498",
        commune_name="Lens",
        epci_code="246200364",
        stage="etude",
        budget=400_000,
        plan=PLAN,
        needs=NEEDS,
    )


def wave_opened() -> WaveOpened:
    return WaveOpened(wave_id=WAVE, title="Vague 2026", opens_at=moment(-60), closes_at=moment(-10), quota=10)


def submitted(candidacy_id: UUID, title: str = "Une forêt urbaine", number: str = "LE-2026-001") -> CandidacySubmitted:
    return CandidacySubmitted(
        candidacy_id=candidacy_id,
        number=number,
        wave_id=WAVE,
        submitted_at=moment(-20),
        project=project(title),
    )


def preselected(candidacy_id: UUID, day: int = -5) -> CandidacyPreselected:
    return CandidacyPreselected(
        candidacy_id=candidacy_id, at=moment(day), by="Équipe du Label", reason="Répond aux trois axes."
    )


def not_retained(candidacy_id: UUID, day: int = -4) -> CandidacyNotRetained:
    return CandidacyNotRetained(
        candidacy_id=candidacy_id, at=moment(day), by="Équipe du Label", reason="Trop tôt pour cette vague."
    )


def withdrawn(candidacy_id: UUID, day: int = -1) -> CandidacyWithdrawn:
    return CandidacyWithdrawn(candidacy_id=candidacy_id, at=moment(day), reason="Le terrain n'est plus libre.")


def opinion(candidacy_id: UUID, committee: Committee, by: Officer = STAFF, reason: str = REASON) -> GiveOpinion:
    return GiveOpinion(candidacy_id, committee, "favorable", reason, by)


def decision(candidacy_id: UUID, by: Officer = STAFF) -> Decide:
    return Decide(candidacy_id, "labellise", REASON, by)


def vote(*, approved: bool = True, wave_id: UUID = WAVE) -> Vote:
    """What the Grand forum said, 42 for and 3 against, or the other way round."""
    voices = (42, 3) if approved else (3, 42)
    place = ("Salle du conseil, Lens", "La présidence du Pôle")
    return Vote(uuid4(), wave_id, date(2026, 5, 20), *place, 50, *voices, 5, approved, "", STAFF.name, START)


async def approve(work: Work, *wishes: Decide) -> None:
    """Decisions go through the chain until the forum has approved them, all by one vote."""
    for wish in wishes:
        await handlers.propose(work, wish)
        await handlers.decide(work, wish)
    await handlers.record_vote(work, vote(), [wish.candidacy_id for wish in wishes], STAFF)


async def release(work: Work) -> int:
    """Everything that is approved leaves, as its rehearsal shows it."""
    begun = await chain_kept.of_wave(work.session, WAVE)
    return await handlers.release(work, WAVE, chain.rehearsed(begun.values()), STAFF)


async def settle(work: Work, wish: Decide) -> None:
    """A decision goes through its whole chain."""
    await approve(work, wish)
    await release(work)


def someone() -> UUID:
    """A candidacy that no other test knows."""
    return uuid4()
