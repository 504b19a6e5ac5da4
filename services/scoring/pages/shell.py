"""What all pages of scoring share: the label around them, who may enter, how a form is read, how no is said.

Nobody without a name enters, and no cache keeps a page. A rule that says no is a page with a sentence, 409
(or 403 for the wrong role); a form that is not right comes back with its words, 422.
"""

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
from scoring.domain import committees, rulings, words
from scoring.domain.dossier import Dossier
from scoring.handlers import UnknownDossier

PREFIX = "/instruction"
TEMPLATES = Path(__file__).parents[1] / "templates"
PRIVATE = {"Cache-Control": "no-store"}

Juror = Annotated[Person, Depends(Allow("staff", "partner", "expert"))]
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


Identified = Annotated[UUID, Depends(identified)]
Typed = Annotated[dict[str, str], Depends(typed)]


@dataclass(frozen=True, slots=True)
class Shell:
    """What every route closes over."""

    database: Database
    page: Page

    @classmethod
    def of(cls, database: Database, label: Label) -> "Shell":
        return cls(database, Page(_environment(label), Site.of(label), signed_in=visitor))

    def render(self, name: str, request: Request, *, status: int = 200, **context: object) -> HTMLResponse:
        """The page, which no cache keeps."""
        answer = self.page.render(name, request, status_code=status, **context)
        answer.headers.update(PRIVATE)
        return answer

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
        return dossier


def officer(person: Person) -> rulings.Officer:
    """The person as the domain knows them."""
    return rulings.Officer(person.name, person.role)


def dossier_address(candidacy_id: UUID | str) -> str:
    """Where people find a dossier."""
    return f"{PREFIX}/dossiers/{candidacy_id}"


def _environment(label: Label) -> Environment:
    """Templates with the label, the domain's words and its rules."""
    environment = templates(TEMPLATES)
    environment.globals.update(label=label, words=words, rulings=rulings, committees=committees)
    environment.filters.update(
        theme=label.theme,
        committee_name=lambda code: typo(label.committee(code)),
        committee_choice=lambda code: (code, typo(label.committee(code))),
        wave_choice=lambda wave: (str(wave.wave_id), wave.title or "Vague sans titre"),
    )
    return environment
