"""The forms of the preselection board: a what-if's name, and the answers that leave with the decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from intake.domain.acts import Step
from intake.forms.candidacy import ToCorrect
from intake.forms.reading import Reader
from intake.forms.staff import REASON
from intake.forms.words import Words

NAME = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """A dossier to answer: whether the selection keeps it."""

    candidacy_id: UUID
    kept: bool


def read_name(words: Words) -> str | ToCorrect:
    """The field `nom`."""
    reader = Reader(words)
    name = reader.line("nom", NAME, "Donnez un nom à cette simulation, par exemple « Équilibre des agglomérations ».")
    return ToCorrect(reader.errors) if reader.errors else name


def read_answers(words: Words, asked: Sequence[Asked]) -> list[Step] | ToCorrect:
    """For each dossier its reason (`motif-<id>`) and, where it is not kept, what follows (`suites-<id>`)."""
    reader, steps = Reader(words), []
    for one in asked:
        name = f"motif-{one.candidacy_id}"
        reason = reader.text(name, REASON, "Écrivez le motif : le porteur du projet le lira.")
        follows = "" if one.kept else reader.text(f"suites-{one.candidacy_id}", REASON)
        told = "\n\n".join(part for part in (reason, follows) if part)
        steps.append(Step(one.candidacy_id, {"decision": "retenu" if one.kept else "non_retenu", "motif": told}))
    return ToCorrect(reader.errors) if reader.errors else steps
