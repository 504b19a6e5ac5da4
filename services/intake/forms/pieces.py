"""What staff say of a file after an erasure: which one, whether it stays or goes, and why."""

from dataclasses import dataclass
from uuid import UUID

from intake.forms.candidacy import ToCorrect
from intake.forms.reading import Reader
from intake.forms.words import Words

REASON = 1_000


@dataclass(frozen=True, slots=True)
class Ruling:
    """A file, whether to keep it, and the reason."""

    piece: UUID
    keep: bool
    reason: str


def read_ruling(words: Words) -> Ruling | ToCorrect:
    """The fields `piece`, `sort_piece` and `motif_piece`."""
    reader = Reader(words)
    piece = _identifier(words["piece"])
    if piece is None:
        reader.wrong("piece", "Choisissez la pièce que vous avez relue.")
    chosen = reader.choice("sort_piece", words["sort_piece"], {"garder", "retirer"}, "Choisissez : gardée ou retirée.")
    reason = reader.text("motif_piece", REASON, "Écrivez pourquoi : le motif figurera au journal.")
    return ToCorrect(reader.errors) if reader.errors or piece is None else Ruling(piece, chosen == "garder", reason)


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
