"""What all pages of scoring share: the label around them, who may enter, how a form is read, how no is said.

Nobody without a name enters, and no cache keeps a page. A rule that says no is a page with a sentence, 409
(or 403 for the wrong role); a form that is not right comes back with its words, 422.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from kernel.contracts.label import Label
from kernel.runtime.auth import Allow, Person, visitor
from kernel.runtime.database import Database
from kernel.ui import Page, Site, templates
from kernel.ui.french import typo
from scoring import store
from scoring.domain import books, chain, committees, rulings, sittings, words
from scoring.domain.books import Seal
from scoring.domain.dossier import Dossier
from scoring.domain.sittings import SEAT_OF, Juror
from scoring.handlers import UnknownDossier
from scoring.store import marks as store_marks

PREFIX = "/instruction"
TEMPLATES = Path(__file__).parents[1] / "templates"
PRIVATE = {"Cache-Control": "no-store"}

Reader = Annotated[Person, Depends(Allow("staff", "partner", "expert"))]
Proposer = Annotated[Person, Depends(Allow("staff", "expert"))]
Marker = Annotated[Person, Depends(Allow("partner", "expert"))]
Staff = Annotated[Person, Depends(Allow("staff"))]


async def identified(candidacy_id: str) -> UUID:
    """The identifier in the address; anything else is a page that does not exist."""
    try:
        return UUID(candidacy_id)
    except ValueError:
        raise HTTPException(404) from None


async def typed(request: Request) -> dict[str, str]:
    """The texts of the form; files, which no form of scoring has, are left out."""
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


async def in_sitting(sitting_id: str) -> UUID:
    """The sitting in the address."""
    return await identified(sitting_id)


async def in_wave(wave_id: str) -> UUID:
    """The wave in the address."""
    return await identified(wave_id)


Identified = Annotated[UUID, Depends(identified)]
InSitting = Annotated[UUID, Depends(in_sitting)]
InWave = Annotated[UUID, Depends(in_wave)]


@dataclass(frozen=True, slots=True)
class At:
    """A juror before one dossier of a sitting, as the address says."""

    sitting_id: UUID
    candidacy_id: UUID
    person: Person

    @property
    def juror(self) -> Juror:
        return juror_of(self.person)

    @property
    def address(self) -> str:
        """Where all that the juror does with the dossier begins."""
        return f"{PREFIX}/seances/{self.sitting_id}/dossiers/{self.candidacy_id}"


async def before_dossier(sitting_id: InSitting, candidacy_id: Identified, person: Marker) -> At:
    """The juror's place in the address."""
    return At(sitting_id, candidacy_id, person)


AtDossier = Annotated[At, Depends(before_dossier)]
Typed = Annotated[dict[str, str], Depends(typed)]


class Undeclared(Exception):
    """A juror opens a dossier before they said what ties them to it."""

    def __init__(self, sitting_id: UUID, candidacy_id: UUID) -> None:
        super().__init__(f"no tie declared on {candidacy_id} in sitting {sitting_id}")
        self.address = f"{PREFIX}/seances/{sitting_id}/dossiers/{candidacy_id}/liens"


class Untried(Exception):
    """A juror opens their marks before they tried the scale."""

    def __init__(self, sitting_id: UUID, dossier: str) -> None:
        super().__init__(f"anchor dossier {dossier!r} not tried in sitting {sitting_id}")
        self.address = f"{PREFIX}/seances/{sitting_id}/reperes/{dossier}"


@dataclass(frozen=True, slots=True)
class Shell:
    """What every route closes over."""

    database: Database
    page: Page
    label: Label
    public_url: str

    @classmethod
    def of(cls, database: Database, label: Label, public_url: str) -> "Shell":
        return cls(database, Page(_environment(label), Site.of(label), signed_in=visitor), label, public_url)

    def render(self, name: str, request: Request, *, status: int = 200, **context: object) -> HTMLResponse:
        """The page, which no cache keeps."""
        answer = self.page.render(name, request, status_code=status, **context)
        answer.headers.update(PRIVATE)
        return answer

    def origin(self, request: Request) -> str:
        """Where people reach the platform, as it was told, else as this request did."""
        return self.public_url or f"{request.url.scheme}://{request.url.netloc}"

    def error(self, request: Request, status: int) -> Response:
        """The page that says what happened and what to do."""
        return self.render("error.html", request, status=status, code=status)

    def refusal(self, request: Request, error: rulings.Refused) -> Response:
        """The page of a rule that says no; shows the decision that stands, when there is one."""
        decision = error.decision if isinstance(error, rulings.AlreadyDecided) else None
        status = 403 if isinstance(error, rulings.NotYours) else 409
        candidacy_id = request.path_params.get("candidacy_id") if status == 409 else None
        back = dossier_address(candidacy_id) if candidacy_id else f"{PREFIX}/"
        return self.render("refusal.html", request, status=status, sentence=str(error), decision=decision, back=back)

    async def open(self, candidacy_id: UUID, person: Person) -> Dossier:
        """The dossier; raises `UnknownDossier`, or `rulings.NotYours` when it is not for this person."""
        async with self.database.reading() as session:
            dossier = await store.load(session, candidacy_id)
        if dossier is None:
            raise UnknownDossier(f"no dossier {candidacy_id}: check the address")
        rulings.check_reading(dossier, person.role)
        self._check_seal(dossier, (await self.seals(person)).get(candidacy_id))
        return dossier

    def _check_seal(self, dossier: Dossier, found: tuple[UUID, Seal] | None) -> None:
        """Raises `Undeclared` or `rulings.NotYours` where a juror has not said, or said, what ties them."""
        if found is None:
            return
        sitting_id, seal = found
        if seal == "recuse":
            raise rulings.NotYours("Vous avez déclaré un lien avec ce dossier : il n'est plus dans votre liste.")
        if seal == "a_declarer" and dossier.decision is None:
            raise Undeclared(sitting_id, dossier.candidacy_id)

    async def seals(self, person: Person) -> Mapping[UUID, tuple[UUID, Seal]]:
        """By dossier, the sitting in which this juror marks it and what keeps them from it; empty for staff."""
        juror = juror_of(person)
        if juror.role not in SEAT_OF:
            return {}
        async with self.database.reading() as session:
            books = await store_marks.books_of(session, juror)
        return {
            frozen.candidacy_id: (book.sitting.id, book.seal(seat, frozen.candidacy_id))
            for book, seat in reversed(books)
            for frozen in book.sitting.dossiers
        }

    async def opens(self, person: Person, candidacy_id: UUID) -> bool:
        """Whether this juror may fetch the documents of a dossier where dossiers are kept."""
        juror = juror_of(person)
        if juror.role not in SEAT_OF:
            return False
        async with self.database.reading() as session:
            seats = await store_marks.books_of(session, juror)
        return any(candidacy_id in book.opens(seat) for book, seat in seats if seat)

    async def sealed(self, person: Person) -> frozenset[UUID]:
        """The dossiers on which this juror may read nobody's view yet."""
        return frozenset(dossier for dossier, (_, seal) in (await self.seals(person)).items() if seal != "ouvert")


def officer(person: Person) -> rulings.Officer:
    """The person as the domain knows them."""
    return rulings.Officer(person.name, person.role)


def juror_of(person: Person) -> Juror:
    """The person as a sitting knows them."""
    return Juror.of(person.id, person.name, person.role)


def dossier_address(candidacy_id: UUID | str) -> str:
    """Where people find a dossier."""
    return f"{PREFIX}/dossiers/{candidacy_id}"


def _environment(label: Label) -> Environment:
    """Templates with the label, the domain's words and its rules."""
    environment = templates(TEMPLATES)
    environment.globals.update(
        label=label, words=words, rulings=rulings, committees=committees, sittings=sittings, books=books, chain=chain
    )
    environment.filters.update(
        theme=label.theme,
        centiemes=lambda value: f"{value:.2f}".replace(".", ",").replace("-", "\N{MINUS SIGN}"),
        committee_name=lambda code: typo(label.committee(code)),
        committee_choice=lambda code: (code, typo(label.committee(code))),
        wave_choice=lambda wave: (str(wave.wave_id), wave.title or "Vague sans titre"),
    )
    return environment
