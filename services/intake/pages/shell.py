"""What all pages of intake share: the label around them, who is shown what, how a form is read, how no is said.

A page that shows a dossier is never kept by a cache.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Depends, HTTPException, Request
from jinja2 import Environment
from starlette.responses import HTMLResponse, Response

from intake.domain import journal, states, vocabulary
from intake.domain.attachments import LARGEST, MEGA, MOST
from intake.domain.follow_up import PROGRESS_WORDS
from intake.domain.states import STATES, WORDS
from intake.forms.attachments import ACCEPT, ASKED
from intake.forms.words import Words, words_of
from intake.store.files import Files
from kernel.contracts.label import Commune, Label
from kernel.runtime.auth import Allow, Person, visitor
from kernel.runtime.database import Database
from kernel.runtime.oidc import Provider
from kernel.runtime.settings import Settings
from kernel.ui import Page, Site, templates

TEMPLATES = Path(__file__).parents[1] / "templates"
MOST_FIELDS = 5_000
PRIVATE = {"Cache-Control": "no-store"}

ERRORS = {
    400: "Cette demande ne peut pas être lue",
    401: "Identifiez-vous pour voir cette page",
    403: "Cette page ne vous est pas ouverte",
    404: "Cette page n’existe pas",
    405: "Cette page ne s’ouvre pas de cette façon",
    409: "Ce n’est pas possible en ce moment",
    413: "Votre envoi est trop volumineux",
    422: "Votre envoi n’a pas pu être lu",
    429: "C’est beaucoup en peu de temps",
    500: "Une erreur est survenue de notre côté",
    503: "Cette page demande trop de temps en ce moment",
}

Staff = Annotated[Person, Depends(Allow("staff"))]
Visitor = Annotated[Person | None, Depends(visitor)]


@dataclass(frozen=True, slots=True)
class Shell:
    """What every route closes over."""

    database: Database
    label: Label
    secure: bool
    page: Page
    files: Files
    clamd: str
    """Where the antivirus listens; empty where there is none."""
    provider: Provider | None = None
    """Who signs people in for us; None where links by mail do alone."""

    @classmethod
    def of(cls, database: Database, label: Label, settings: Settings) -> "Shell":
        provider, environment = Provider.of(settings), _environment(label)
        environment.globals["provider_name"] = provider.name if provider else ""
        page = Page(environment, Site.of(label), signed_in=visitor)
        secure = settings.public_url.startswith("https://")
        return cls(database, label, secure, page, Files(settings.documents_folder), settings.clamd, provider)

    @property
    def late(self) -> timedelta:
        """How long after its closing a wave still receives dossiers, for the team to decide."""
        return timedelta(days=self.label.late_days)

    def render(
        self, name: str, request: Request, *, status: int = 200, private: bool = False, **context: object
    ) -> HTMLResponse:
        """The page; `private` ones are not kept by any cache."""
        answer = self.page.render(name, request, status_code=status, **context)
        if private:
            answer.headers.update(PRIVATE)
        return answer

    def error(self, request: Request, status: int, detail: str = "") -> Response:
        """The page that says what happened and what to do; `detail` is a sentence in French or nothing."""
        shown = detail if status in {401, 403, 409, 422, 429, 503} else ""
        title = ERRORS.get(status, "Cette demande n’a pas abouti")
        return self.render("error.html", request, status=status, private=True, title=title, code=status, detail=shown)


async def typed(request: Request) -> Words:
    """The words of a submitted form; files, which have addresses of their own, are left out."""
    form = await request.form(max_fields=MOST_FIELDS)
    return words_of((name, value) for name, value in form.multi_items() if isinstance(value, str))


def dossier_id(candidacy_id: str) -> UUID:
    """The identifier in the address; anything else is a page that does not exist."""
    try:
        return UUID(candidacy_id)
    except ValueError:
        raise HTTPException(404) from None


Typed = Annotated[Words, Depends(typed)]
DossierId = Annotated[UUID, Depends(dossier_id)]


def _environment(label: Label) -> Environment:
    """Templates with the label and the words of every code."""
    environment = templates(TEMPLATES)
    agglomeration_names = dict(agglomerations(label))
    environment.globals.update(
        label=label,
        words_of=vocabulary,
        states=[(state, WORDS[state].label) for state in STATES],
        communes=communes(label),
        places=places(label),
        agglomerations=agglomerations(label),
        themes=[(theme.code, theme.name) for theme in label.themes],
        levels=[(str(level.value), level.name) for level in label.levels],
        level_names={level.value: level.name for level in label.levels},
        progress_words=PROGRESS_WORDS,
        progress_tones={"prevu": "neutral", "en_cours": "blue", "tenu": "green", "abandonne": "brick"},
        files_accepted=ACCEPT,
        files_hint=f"{ASKED[:1].upper()}{ASKED[1:]}, {LARGEST // MEGA} Mo au plus chacun, {MOST} fichiers au plus",
        level_helps=[(level.name, level.help) for level in label.levels],
    )
    environment.filters.update(
        state=lambda code: WORDS[code],
        act=lambda code: journal.ACT_WORDS[code],
        theme=label.theme,
        commune=lambda code: label.communes[code].name if code in label.communes else code,
        agglomeration=lambda code: agglomeration_names.get(code, code),
        criterion=_criteria(label).get,
        can_become=states.can_move,
    )
    return environment


def _criteria(label: Label) -> dict[str, str]:
    return {criterion.code: criterion.name for axis in label.axes for criterion in axis.criteria}


def communes(label: Label) -> list[tuple[str, str]]:
    """Code and name, in alphabetical order."""
    return sorted(((c.code, c.name) for c in label.communes.values()), key=lambda pair: pair[1])


def places(label: Label) -> list[tuple[str, str]]:
    """Code of each commune, with its name and the agglomeration that it belongs to: one choice gives both."""
    return [(code, f"{name} ({label.communes[code].epci_acronym})") for code, name in communes(label)]


def agglomerations(label: Label) -> list[tuple[str, str]]:
    """Code and short name of each agglomeration of the territory."""
    found: dict[str, Commune] = {commune.epci_code: commune for commune in label.communes.values()}
    return sorted(((code, c.epci_acronym) for code, c in found.items()), key=lambda pair: pair[1])
