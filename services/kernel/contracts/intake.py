"""What intake tells: waves, candidacies, and (in `intake.contact.*` alone) how to reach a person."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from kernel.contracts.envelope import Event, Fact

NeedKind = Literal["investissement", "fonctionnement", "ingenierie", "expertise", "communication", "partenariat"]
PlanState = Literal["envisage", "demande", "acquis", "refuse"]


class PlanLine(Fact):
    """One line of the plan de financement; `amount` in whole euros, None where it is not known yet."""

    funder: str
    amount: int | None
    state: PlanState


class Need(Fact):
    """What a project lacks. `amount` in whole euros; `begins` and `ends` are months, `2026-09`.

    `priority` is 1 for what comes first; None where the porteur put the needs in no order.
    """

    number: int
    purpose: str
    kind: NeedKind
    amount: int | None
    begins: str | None
    ends: str | None
    details: str
    priority: int | None = Field(default=None, ge=1, le=3)


class Project(Fact):
    """The facts of a project that other services work from. No person's name, no address."""

    title: str
    summary: str
    description: str
    themes: tuple[str, ...] = Field(strict=False)
    porteur: str
    porteur_form: str
    commune_code: str
    commune_name: str
    epci_code: str
    stage: str
    budget: int | None
    plan: tuple[PlanLine, ...] = Field(strict=False)
    needs: tuple[Need, ...] = Field(strict=False)


class WaveOpened(Event):
    """A call for candidacies is open; dossiers are accepted until `closes_at`."""

    type: ClassVar[str] = "intake.wave.opened"
    about: ClassVar[str] = "wave_id"
    wave_id: UUID
    title: str
    opens_at: datetime
    closes_at: datetime
    quota: int


class WaveClosingDue(Event):
    """The calendar says that a wave closes now. Comes from a schedule; the wave itself decides."""

    type: ClassVar[str] = "intake.wave.closing_due"
    about: ClassVar[str] = "wave_id"
    wave_id: UUID


class WaveClosed(Event):
    """A wave takes no more dossiers."""

    type: ClassVar[str] = "intake.wave.closed"
    about: ClassVar[str] = "wave_id"
    wave_id: UUID
    closed_at: datetime


class CandidacySubmitted(Event):
    """A dossier was received and its receipt was shown."""

    type: ClassVar[str] = "intake.candidacy.submitted"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID
    number: str
    wave_id: UUID
    submitted_at: datetime
    project: Project


class CandidacyPreselected(Event):
    """Staff and partners kept this candidacy: it becomes an official candidate."""

    type: ClassVar[str] = "intake.candidacy.preselected"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID
    at: datetime
    by: str
    reason: str


class CandidacyNotRetained(Event):
    """Staff and partners did not keep this candidacy in the wave; the reason is for its porteur."""

    type: ClassVar[str] = "intake.candidacy.not_retained"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID
    at: datetime
    by: str
    reason: str


class CandidacyWithdrawn(Event):
    """The porteur took the dossier back."""

    type: ClassVar[str] = "intake.candidacy.withdrawn"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID
    at: datetime
    reason: str


class SessionOpened(Event):
    """Someone signed in. `session` is the hash of a cookie, `name` a function or an organisation."""

    type: ClassVar[str] = "intake.session.opened"
    about: ClassVar[str] = "session"
    session: str
    person: str
    name: str
    role: Literal["staff", "partner", "expert", "applicant", "ops"]
    expires_at: datetime


class SessionClosed(Event):
    """Someone signed out, or was signed out."""

    type: ClassVar[str] = "intake.session.closed"
    about: ClassVar[str] = "session"
    session: str
    at: datetime


class JurorNeared(Event):
    """A juror signed in: the dossiers whose contact writes from the same organisation's mail domain; often none.

    Neither the addresses nor the domain are told. The latest `at` counts.
    """

    type: ClassVar[str] = "intake.juror.neared"
    about: ClassVar[str] = "person_id"
    person_id: UUID
    candidacy_ids: list[UUID]
    at: datetime


class ContactDeclared(Event):
    """Where to write about a candidacy. Only events of `intake.contact.*` have an address."""

    type: ClassVar[str] = "intake.contact.declared"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID
    role: str
    email: str


class SignInAsked(Event):
    """Someone who may enter asked for a link, or is invited. The token is good once and not for long."""

    type: ClassVar[str] = "intake.contact.sign_in_asked"
    about: ClassVar[str] = "person_id"
    person_id: UUID
    email: str
    token: str
    expires_at: datetime
    invitation: bool


class PersonDeclared(Event):
    """Who may enter, as what, and where they are written to; `may_enter` is false once staff closed the access.

    `name` is a function or an organisation. The latest `at` counts.
    """

    type: ClassVar[str] = "intake.contact.person_declared"
    about: ClassVar[str] = "person_id"
    person_id: UUID
    email: str
    name: str
    role: Literal["staff", "partner", "expert", "applicant", "ops"]
    may_enter: bool
    at: datetime
