"""The form of a candidacy: which fields, how long, which codes; a dossier comes out whole or not at all.

The limits keep the event that carries the project under the bus's limit even if every character takes four
bytes; a test fills every field to the brim.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from intake.domain import vocabulary
from intake.domain.dossier import Contact, Dossier
from intake.forms import values
from intake.forms.reading import Reader
from intake.forms.words import Row, Words
from kernel.contracts.intake import Need, NeedKind, PlanLine, PlanState, Project
from kernel.contracts.label import Commune, Label

TITLE, LINE, SUMMARY, DESCRIPTION = 160, 200, 1_000, 10_000
PURPOSE, DETAILS = 300, 1_000
MOST_ROWS = 30
MOST_LINES = 40
LEVELS = ("0", "1", "2", "3", "4")


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that can become a candidacy."""

    dossier: Dossier


@dataclass(frozen=True, slots=True)
class ToCorrect:
    """What is wrong, by field, in the order of the page; never empty."""

    errors: Mapping[str, str]


def read(words: Words, label: Label) -> Filled | ToCorrect:
    """Read every field of the form."""
    reader = Reader(words)
    facts = {**_project(reader, label), **_porteur(reader)}
    identifier = reader.value("porteur_identifiant", words["porteur_identifiant"], values.identifier)
    contact = Contact(
        reader.line("contact_fonction", LINE, "Dites à quel service ou à quelle fonction écrire."),
        reader.value("contact_courriel", words["contact_courriel"], values.email) or "",
    )
    commune = _place(reader, label)
    rest = _rest(reader)
    facts |= _means(reader)
    grid = _grid(reader, label)
    documents = reader.lines("documents", MOST_LINES, LINE)
    _promises(reader)
    if reader.errors or commune is None:
        return ToCorrect(reader.errors)
    project = Project(**facts, commune_code=commune.code, commune_name=commune.name, epci_code=commune.epci_code)
    return Filled(
        Dossier(project=project, contact=contact, identifier=identifier, grid=grid, documents=documents, **rest)
    )


def _project(reader: Reader, label: Label) -> dict[str, Any]:
    return {
        "title": reader.line("titre", TITLE, "Donnez un titre au projet : quelques mots suffisent."),
        "summary": reader.text("resume", SUMMARY, "Résumez le projet en quelques phrases."),
        "description": reader.text("description", DESCRIPTION, "Décrivez le projet."),
        "themes": _themes(reader, label),
    }


def _themes(reader: Reader, label: Label) -> tuple[str, ...]:
    known = [theme.code for theme in label.themes]
    chosen = tuple(code for code in known if code in reader.words.themes)
    if not chosen:
        reader.wrong("themes", "Cochez au moins un thème.")
    return chosen


def _porteur(reader: Reader) -> dict[str, Any]:
    return {
        "porteur": reader.line("porteur_nom", LINE, "Écrivez le nom de l’organisme qui porte le projet."),
        "porteur_form": reader.choice(
            "porteur_forme",
            reader.words["porteur_forme"],
            vocabulary.LEGAL_FORMS,
            "Choisissez la forme juridique du porteur.",
        ),
    }


def _place(reader: Reader, label: Label) -> Commune | None:
    code = reader.choice(
        "commune",
        reader.words["commune"],
        label.communes,
        f"Choisissez la commune du projet parmi les {len(label.communes)} du territoire.",
    )
    return label.communes.get(code)


def _rest(reader: Reader) -> dict[str, Any]:
    return {
        "perimeter": reader.line("perimetre", LINE),
        "partners": reader.lines("partenaires", MOST_LINES, LINE),
        "contractor": reader.line("maitre_oeuvre", LINE),
        "key_figures": reader.lines("chiffres_cles", MOST_LINES, LINE),
        "calendar": reader.lines("calendrier", MOST_LINES, LINE),
    }


def _means(reader: Reader) -> dict[str, Any]:
    words = reader.words
    return {
        "stage": reader.choice(
            "stade", words["stade"], vocabulary.STAGES, "Choisissez le stade d’avancement du projet."
        ),
        "budget": reader.value("budget", words["budget"], values.amount),
        "plan": tuple(_line(reader, *row) for row in _filled(reader, "plan", "financeur")),
        "needs": tuple(_need(reader, number, *row) for number, row in enumerate(_filled(reader, "besoin", "objet"), 1)),
    }


def _filled(reader: Reader, table: str, first: str) -> list[tuple[str, Row]]:
    """The rows in which something was typed, each with its name, `plan-0`."""
    named = ((f"{table}-{number}", row) for number, row in enumerate(reader.words.table(table)))
    rows = [(name, row) for name, row in named if any(map(str.strip, row.values()))]
    for name, _ in rows[MOST_ROWS:]:
        reader.wrong(f"{name}-{first}", f"{MOST_ROWS} lignes au plus : regroupez les plus petites.")
    return rows[:MOST_ROWS]


def _line(reader: Reader, name: str, row: Row) -> PlanLine:
    state = row["etat"] or "envisage"
    return PlanLine.model_construct(
        funder=reader.cell(name, row, "financeur", LINE, "Nommez le financeur de cette ligne."),
        amount=reader.value(f"{name}-montant", row["montant"], values.amount),
        state=cast(
            "PlanState",
            reader.choice(f"{name}-etat", state, vocabulary.PLAN_STATES, "Choisissez l’état de ce financement."),
        ),
    )


def _need(reader: Reader, number: int, name: str, row: Row) -> Need:
    begins = reader.value(f"{name}-debut", row["debut"], values.month)
    ends = reader.value(f"{name}-fin", row["fin"], values.month)
    if begins and ends and ends < begins:
        reader.wrong(f"{name}-fin", "La fin vient avant le début : vérifiez les deux mois.")
    return Need.model_construct(
        number=number,
        purpose=reader.cell(name, row, "objet", PURPOSE, "Dites à quoi ce besoin doit servir."),
        kind=cast(
            "NeedKind",
            reader.choice(f"{name}-nature", row["nature"], vocabulary.NEED_KINDS, "Choisissez la nature de ce besoin."),
        ),
        amount=reader.value(f"{name}-montant", row["montant"], values.amount),
        begins=begins,
        ends=ends,
        details=reader.checked(f"{name}-precisions", row["precisions"], DETAILS),
        priority=_priority(reader, f"{name}-priorite", row.get("priorite", "")),
    )


def _priority(reader: Reader, name: str, typed: str) -> int | None:
    """1 to 3; None where the porteur put the needs in no order, as older drafts do."""
    chosen = typed and reader.choice(name, typed, vocabulary.NEED_PRIORITIES, "Choisissez un ordre, ou aucun.")
    return int(chosen) if chosen else None


def _grid(reader: Reader, label: Label) -> tuple[tuple[str, int], ...]:
    """The criteria on which the porteur took position; any may be left out."""
    placed: list[tuple[str, int]] = []
    for criterion in (criterion for axis in label.axes for criterion in axis.criteria):
        name = f"grille-{criterion.code}"
        typed = reader.words[name]
        if typed and reader.choice(name, typed, LEVELS, "Choisissez un niveau, ou « Sans réponse »."):
            placed.append((criterion.code, int(typed)))
    return tuple(placed)


def _promises(reader: Reader) -> None:
    if reader.words["consentement"] != "oui":
        reader.wrong("consentement", "Cochez cette case pour que nous puissions étudier le dossier.")
    if reader.words["site_web"].strip():
        reader.wrong("site_web", "Laissez ce champ vide : il sert à écarter les robots.")
