"""The documents of a wave: a porteur's letter and the minutes. They say who decided, how the scores were made, and how
to contest; they are data for the typesetter, never markup.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from kernel.contracts.label import Label
from kernel.contracts.scoring import Outcome
from kernel.ui.french import date_longue, typo
from kernel.ui.paper import Block, Paper, bullets, heading, notice, pairs, paragraphs, table
from scoring.domain.books import Book
from scoring.domain.chain import STAGES, Ruling
from scoring.domain.dossier import Dossier
from scoring.domain.feedback import Feedback
from scoring.domain.feedback import Point as Strength
from scoring.domain.marks import Mark
from scoring.domain.minutes import Minute, Point
from scoring.domain.scores import Total, shown
from scoring.domain.sittings import TIES
from scoring.domain.votes import Vote
from scoring.domain.words import OUTCOMES

Line = tuple[Dossier, Ruling]
OPENINGS: Mapping[Outcome, str] = {
    "labellise": "Votre projet est labellisé.",
    "nomine": "Votre projet est nominé.",
    "en_attente": "Votre projet est mis en attente.",
}
REMEDIES = (
    "Vous pouvez demander à l’équipe du Label de revoir cette décision, et la contester devant le tribunal "
    "administratif dans les deux mois qui suivent sa réception (article R421-1 du code de justice administrative)."
)


def method_mention(address: str) -> str:
    """What article L311-3-1 of the CRPA asks of a decision for which a treatment computed something."""
    return (
        "Des notes données par des personnes ont été additionnées par un programme pour éclairer cette décision, qui "
        f"est prise par des personnes. La règle est publiée : {address}. Vous pouvez demander ce qu’elle donne pour "
        "votre projet (article L311-3-1 du code des relations entre le public et l’administration)."
    )


def letter(about: Line, vote: Vote | None, told: Feedback, label: Label, method: str) -> Paper:
    """The letter of one porteur; a draft as long as it has not left."""
    dossier, ruling = about
    submission, said = dossier.submission, ruling.decision
    if submission is None or said is None:
        raise ValueError(f"dossier {dossier.candidacy_id} has no decision to write about")
    is_draft, at = (True, said.at) if dossier.decision is None else (False, dossier.decision.at)
    facts = [
        ("Dossier", submission.number),
        ("Projet", submission.project.title),
        ("Porteur", submission.project.porteur),
        ("Décision", OUTCOMES[said.outcome]),
        ("Approuvée par", f"le Grand forum du {date_longue(vote.held_on)}" if vote else "pas encore approuvée"),
    ]
    return Paper(
        name=f"Décision sur le dossier {submission.number}",
        title=OPENINGS[said.outcome],
        kicker=_typed(f"{label.name} – {'Projet de lettre' if is_draft else 'Décision'}"),
        author=_typed(label.publisher),
        foot=f"{submission.number} – {'projet de lettre, non envoyé' if is_draft else 'décision'}",
        at=at,
        blocks=(
            pairs(facts),
            heading("Les raisons"),
            paragraphs(said.reason),
            *([heading("Ce qui reste à faire mûrir"), paragraphs(said.maturing)] if said.maturing else []),
            *_feedback(told),
            *_signed(label, method),
        ),
    )


def _signed(label: Label, method: str) -> list[Block]:
    """Who decided, where they sign, how the scores were made, how to contest."""
    return [
        heading("Cette décision"),
        paragraphs(_typed(f"Prise par {label.publisher}, approuvée par le Grand forum.")),
        paragraphs("Nom, prénom, qualité et signature :"),
        notice(_typed(method_mention(method))),
        notice(_typed(REMEDIES)),
        notice(_typed(f"Une question ? {label.contact_role}, {label.mail}")),
    ]


def _feedback(told: Feedback) -> list[Block]:
    """Strengths, gaps and the table that says the same as the radar."""
    blocks = [*_points("Points forts", told.strengths), *_points("Points à renforcer", told.gaps)]
    rows = [
        (_typed(line.name), _level(line.mine), *([_level(line.median)] if told.is_compared else []))
        for line in told.lines
        if line.mine is not None
    ]
    if rows:
        compared = told.is_compared
        head = ("Critère", "Votre projet", "Médiane de la vague") if compared else ("Critère", "Votre projet")
        blocks += [heading("Les notes, de 0 à 4", 3), table(head, rows, figures=tuple(range(1, len(head))))]
    return [heading("Ce que les comités ont vu"), *blocks] if blocks else []


def _points(title: str, points: Sequence[Strength]) -> list[Block]:
    found: list[Block] = [heading(title, 3)] if points else []
    for point in points:
        found.append(paragraphs(_typed(point.name)))
        if point.quotes:
            found.append(bullets([_typed(f"« {quote} »") for quote in point.quotes]))
    return found


def minutes(
    title: str,
    at: datetime,
    lines: Sequence[Line],
    votes: Sequence[tuple[Vote, Mapping[UUID, Outcome]]],
    parts: "Parts",
) -> Paper:
    """The minutes of a wave: sittings, recusals, what was said, proposals, decisions, votes."""
    label, books, totals, said = parts
    names = {dossier.candidacy_id: dossier.name for dossier, _ in lines}
    return Paper(
        name=f"Procès-verbal – {title}",
        title=f"Procès-verbal – {title}",
        kicker=_typed(f"{label.name} – Comités, décisions et Grand forum"),
        author=_typed(label.publisher),
        foot=f"Procès-verbal – {title}",
        at=at,
        blocks=(
            heading("Les comités"),
            *(block for book in books for block in _sitting(book, label, said.get(book.sitting.id, {}))),
            heading("Propositions et décisions"),
            *(block for line in lines for block in _decision(line, totals)),
            heading("Votes du Grand forum"),
            *(block for vote, items in votes for block in _vote(vote, items, names)),
            *([] if votes else [paragraphs("Le Grand forum n’a pas encore voté.")]),
            heading("Signatures"),
            paragraphs("Présidence de séance :"),
            paragraphs("Secrétariat :"),
        ),
    )


Parts = tuple[Label, Sequence[Book], Mapping[str, Total], Mapping[UUID, Mapping[Point, Minute]]]
"""The label, the books of the wave, each dossier's total by its identifier, and what was said in each sitting."""


def _sitting(book: Book, label: Label, said: Mapping[Point, Minute]) -> list[Block]:
    sitting = book.sitting
    rows = [
        (f.number, _typed(f.title), str(book.heard(f.candidacy_id)), str(book.quorum(f.candidacy_id)))
        for f in book.dossiers
    ]
    away = [
        f"{seat.name}, {frozen.title} : {TIES[declared.tie]}{' (récusation levée)' if declared.lifted else ''}"
        for seat in book.seats
        for frozen in book.dossiers
        if (declared := book.ties.get((seat.id, frozen.candidacy_id))) and declared.tie != "aucun"
    ]
    return [
        heading(_typed(label.committee(sitting.committee)), 3),
        paragraphs(_typed(f"Réunion du {date_longue(sitting.meets_on)} ; grille {sitting.grid.version}.")),
        table(("Dossier", "Projet", "Notes rendues", "Quorum"), rows, figures=(2, 3)),
        paragraphs(_typed("Liens déclarés :" if away else "Liens déclarés : aucun.")),
        *([bullets([_typed(line) for line in away])] if away else []),
        *_listed("Ce qui a été dit", _said(book, said)),
        *_listed("Notes changées après la discussion (première note, seconde note, raison)", _changes(book)),
    ]


def _listed(title: str, lines: Sequence[str]) -> list[Block]:
    return [paragraphs(_typed(f"{title} :")), bullets([_typed(line) for line in lines])] if lines else []


def _said(book: Book, said: Mapping[Point, Minute]) -> list[str]:
    """The last wording of each point, in the order in which points were taken up."""
    grid = book.sitting.grid
    names = {asked.code: asked.name for asked in grid.questions} | {part.code: part.name for part in grid.parts}
    return [
        f"{book.sitting.dossier(point.candidacy_id).title}, {names[point.question]} : {minute.said}"
        for point, minute in said.items()
    ]


def _changes(book: Book) -> list[str]:
    """Every second mark that is not the first, whoever gave it; both stay in the file."""
    names = {asked.code: asked.name for asked in book.sitting.grid.questions}
    found = []
    for (seat, dossier, number), given in book.given.items():
        if number == 2 and given.at and not book.is_recused(seat, dossier):
            title, first = book.sitting.dossier(dossier).title, book.first(seat, dossier).marks
            changed = {code: mark for code, mark in given.marks.items() if mark.choice != first[code].choice}
            found += [
                f"{title}, {names[code]} : {_choice(first[code])}, {_choice(mark)}. {mark.reason}".strip()
                for code, mark in changed.items()
            ]
    return sorted(found)


def _choice(mark: Mark) -> str:
    return "sans objet" if mark.value is None else str(mark.value)


def _decision(line: Line, totals: Mapping[str, Total]) -> list[Block]:
    dossier, ruling = line
    result = totals.get(str(dossier.candidacy_id))
    total = f"{shown(result.value)} sur 100".replace(".", ",") if result and result.value is not None else "sans total"
    rows = [("Total publié", total), ("Étape", STAGES[ruling.stage])]
    for words, said in (("Proposition", ruling.proposal), ("Décision", ruling.decision)):
        if said:
            rows.append((words, f"{OUTCOMES[said.outcome]}. {said.reason}"))
            rows += [("À faire mûrir", said.maturing)] if said.maturing else []
    return [heading(_typed(dossier.name), 3), pairs([(asked, _typed(given)) for asked, given in rows])]


def _vote(vote: Vote, items: Mapping[UUID, Outcome], names: Mapping[UUID, str]) -> list[Block]:
    return [
        heading(_typed(f"{date_longue(vote.held_on)}, {vote.place}"), 3),
        pairs(
            [
                ("Présidence", vote.chaired_by),
                ("Présents", str(vote.present)),
                ("Pour", str(vote.in_favour)),
                ("Contre", str(vote.against)),
                ("Abstentions", str(vote.abstained)),
                ("Verdict", "Décisions approuvées" if vote.approved else "Décisions renvoyées au Pôle"),
            ]
        ),
        bullets([f"{names.get(key, str(key))} : {OUTCOMES[outcome].lower()}" for key, outcome in items.items()]),
        *([paragraphs(vote.note)] if vote.note else []),
    ]


def _level(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace(".", ",")


def _typed(words: str) -> str:
    """Our own words with French spacing."""
    return typo(words).unescape()
