"""How a score is made, for anybody: the rule in words, the weights and questions of the label as they are now."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from kernel.contracts.label import Label
from scoring.domain import grids
from scoring.domain.grids import Grid
from scoring.pages.shell import Shell

STEPS = (
    "Juré : sur chaque axe, la moyenne de ses réponses, de 0 à 4. « Sans objet » est laissé de côté et compté, jamais pris pour 0.",  # noqa: E501 - one sentence
    "Comité : sur chaque axe, la moyenne des jurés ; puis la moyenne des axes, selon leurs poids. Sous le quorum, pas de note.",  # noqa: E501 - one sentence
    "Total : la moyenne des comités, selon leurs poids, portée sur 100. S'il manque un comité, pas de total.",
    "Récusation : les notes du juré sur ce dossier sont ôtées, et le quorum du dossier baisse d'un, jamais sous deux.",
)
DECIDING = (
    "Le total éclaire, il ne décide pas. Le comité d'expertise propose, le Pôle décide, le Grand forum approuve. "
    "Chaque étape porte le nom de qui l'enregistre, sa date et ses raisons."
)


def routes(shell: Shell) -> APIRouter:
    """Open to everybody."""
    router = APIRouter()

    @router.get("/methode")
    async def method(request: Request) -> Response:
        return shell.render("method.html", request, grids=grids_of(shell.label), steps=STEPS, deciding=DECIDING)

    return router


def grids_of(label: Label) -> list[Grid]:
    """The grid of every committee that marks, in the order in which they speak."""
    return [grids.of_label(label, committee) for committee in grids.marked_by(label)]


def method_text(label: Label) -> str:
    """The same as a text file, to go with the marks that it explains."""
    lines = [f"{label.name} : comment le total est fait", "", *(f"{n}. {step}" for n, step in enumerate(STEPS, 1)), ""]
    lines += [DECIDING, ""]
    for grid in grids_of(label):
        lines.append(f"{label.committee(grid.committee)} : poids {grid.weight}, quorum {grid.quorum}")
        for part in grid.parts:
            lines.append(f"  {part.name} : poids {part.weight}")
            lines += [f"    - {asked.name}" for asked in part.questions]
    lines += ["", "Pour tout refaire : chevalement verify dossier-de-decision.zip", ""]
    return "\n".join(lines)
