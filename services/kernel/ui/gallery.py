"""Every component in every state stands here: what cannot be shown on this page is not part of the kit."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from kernel.ui.render import Notice, Page, templates
from kernel.ui.site import NavItem, Site
from kernel.ui.static import static_app

SITE = Site(
    name="Chevalement",
    territory="Territoire d’exemple",
    publisher="Galerie des composants, pages sans données réelles",
    nav=(
        NavItem("Composants", "/"),
        NavItem("Bureau", "/bureau"),
        NavItem("Formulaire", "/formulaire"),
        NavItem("Suivi", "/suivi"),
    ),
    legal=(
        NavItem("Mentions légales", "/mentions-legales"),
        NavItem("Données personnelles", "/donnees-personnelles"),
        NavItem("Accessibilité : non conforme", "/accessibilite"),
    ),
)


@dataclass(frozen=True, slots=True)
class Someone:
    """A visitor of the gallery."""

    name: str = "Équipe"
    role: str = "gallery"


TEMPLATES = Path(__file__).parent / "templates" / "gallery"
PAGES = {
    "/": "components_page.html",
    "/bureau": "desk.html",
    "/formulaire": "form.html",
    "/suivi": "follow.html",
}
DONE = Notice("succes", "Votre envoi est bien arrivé.", "Une réponse vous parviendra avant le 30 avril.", done=True)

TODAY = date(2026, 3, 12)

THEMES = (
    ("eau", "Eau et sols"),
    ("bois", "Bois et haies"),
    ("batiment", "Bâtiments et rénovation énergétique"),
    ("mobilite", "Mobilités"),
)
STAGES = (("idee", "Idée"), ("etude", "Étude"), ("travaux", "Travaux"))
PARTS = (
    {"label": "Acquis", "amount": 120_000, "fill": "solid"},
    {"label": "Demandé", "amount": 80_000, "fill": "striped"},
    {"label": "Envisagé", "amount": 45_000, "fill": "dotted"},
)
COLUMNS = (
    {"name": "organisme", "label": "Organisme", "kind": "text", "grow": 3},
    {"name": "montant", "label": "Montant", "kind": "money", "grow": 2},
    {"name": "etat", "label": "État", "kind": "select", "grow": 2, "options": STAGES},
    {"name": "debut", "label": "Début", "kind": "month", "grow": 2},
)
ROWS = (
    {"organisme": "Commune de Saint-Exemple", "montant": "12 500", "etat": "etude", "debut": "2026-09"},
    {"organisme": "Association du Verger", "montant": "beaucoup", "etat": "idee", "debut": ""},
)
ERRORS = {
    "intitule": "Donnez un intitulé : quelques mots suffisent",
    "lignes-1-montant": "Écrivez le montant en chiffres, par exemple 12 500",
}


@dataclass(frozen=True, slots=True)
class Work:
    """A line of the sample list."""

    title: str
    place: str
    amount: int | None
    day: date | None
    state: tuple[str, str]
    verdict: str


WORKS = (
    Work("Rénover la salle", "Saint-Exemple", 412_500, TODAY + timedelta(3), ("Ouvert", "green"), "eligible"),
    Work("Planter un verger", "Vallon", 18_000, TODAY + timedelta(14), ("À venir", "blue"), "a_verifier"),
    Work("Rouvrir le ruisseau", "Les Étangs", None, TODAY + timedelta(64), ("En cours", "amber"), "non"),
    Work("Réparer la passerelle", "Haut-Bois", 9_250, TODAY - timedelta(3), ("Clos", "neutral"), "eligible"),
    Work("Isoler l’école", "Vallon", 1_250_000, None, ("Refusé", "brick"), "a_verifier"),
)


def _deadlines() -> tuple[tuple[str, date | None], ...]:
    evening = datetime(2026, 3, 12, 16, 30, tzinfo=UTC)
    return (
        ("Loin", TODAY + timedelta(64)),
        ("Bientôt", evening + timedelta(14)),
        ("Urgent", datetime(2026, 3, 15, 11, 0, tzinfo=UTC)),
        ("Aujourd’hui", evening),
        ("Clos", TODAY - timedelta(3)),
        ("Permanent", None),
    )


def sample() -> dict[str, Any]:
    """What the sample templates show; tests render the same."""
    return {
        "today": TODAY,
        "deadlines": _deadlines(),
        "parts": PARTS,
        "stages": STAGES,
        "themes": THEMES,
        "columns": COLUMNS,
        "rows": ROWS,
        "errors": ERRORS,
        "works": WORKS,
        "hostile": "<script>alert('x')</script> Qui a dit « non »?",
    }


def gallery_app() -> FastAPI:
    """Four pages: the components, a staff list, a form with errors, a follow-up page."""
    app = FastAPI(openapi_url=None)
    app.mount("/static", static_app(SITE.colours))
    page = Page(templates(TEMPLATES), SITE, signed_in=lambda _: Someone())

    @app.get("/", response_class=HTMLResponse)
    @app.get("/bureau", response_class=HTMLResponse)
    @app.get("/formulaire", response_class=HTMLResponse)
    @app.get("/suivi", response_class=HTMLResponse)
    def show(request: Request) -> HTMLResponse:
        path = request.url.path
        notices = (DONE,) if path == "/suivi" else ()
        return page.render(PAGES[path], request, notices=notices, **sample())

    return app
