"""The book of a sitting: who sits, who is tied to what, which marks are given; everything shown is read from it.

Marks that are not given do not count. A recusal takes the juror's marks of that dossier away and lowers its quorum
by one, never under two; it changes nothing else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from scoring.domain import marks
from scoring.domain.marks import Given, Mark
from scoring.domain.scores import Sheet, juror_score
from scoring.domain.sittings import Declared, Frozen, Phase, Seat, Sitting

QUORUM_MIN = 2
Standing = Literal["a_declarer", "recuse", "a_noter", "en_cours", "complet", "rendu", "revu"]

Seal = Literal["a_declarer", "recuse", "scelle", "ouvert"]
"""What keeps a juror from a dossier: the say on ties that is missing, a tie, or marks that are not given yet."""

STANDINGS: dict[Standing, str] = {
    "a_declarer": "À ouvrir",
    "recuse": "Récusé",
    "a_noter": "À noter",
    "en_cours": "En cours",
    "complet": "Complet, pas encore rendu",
    "rendu": "Rendu",
    "revu": "Rendu, puis revu",
}


@dataclass(frozen=True, slots=True)
class Book:
    """`given` by (seat, dossier, round); `gone` are the dossiers that left the instruction since."""

    sitting: Sitting
    seats: tuple[Seat, ...] = ()
    ties: Mapping[tuple[UUID, UUID], Declared] = field(default_factory=dict)
    given: Mapping[tuple[UUID, UUID, int], Given] = field(default_factory=dict)
    gone: frozenset[UUID] = frozenset()

    @property
    def dossiers(self) -> tuple[Frozen, ...]:
        """Those that are still there."""
        return tuple(frozen for frozen in self.sitting.dossiers if frozen.candidacy_id not in self.gone)

    def first(self, seat: UUID, dossier: UUID) -> Given:
        return self.given.get((seat, dossier, 1), Given({}))

    def second(self, seat: UUID, dossier: UUID) -> Given:
        return self.given.get((seat, dossier, 2), Given({}))

    def is_recused(self, seat: UUID, dossier: UUID) -> bool:
        declared = self.ties.get((seat, dossier))
        return declared is not None and declared.recuses

    def standing(self, seat: UUID, dossier: UUID) -> Standing:
        """Where a juror is with a dossier."""
        if self.is_recused(seat, dossier):
            return "recuse"
        first = self.first(seat, dossier)
        if first.at is not None:
            return "revu" if self.second(seat, dossier).at else "rendu"
        if (seat, dossier) not in self.ties:
            return "a_declarer"
        if not any(mark.is_answered or mark.reason for mark in first.marks.values()):
            return "a_noter"
        return "en_cours" if marks.missing(self.sitting.grid, first.marks) else "complet"

    def seal(self, seat: Seat | None, dossier: UUID) -> Seal:
        """What a juror may read of a dossier: nothing before their say on ties, no one's view before their marks."""
        standing = self.standing(seat.id, dossier) if seat else "a_declarer"
        if standing == "recuse":
            return "recuse"
        if self.sitting.phase is Phase.CLOSE or standing in {"rendu", "revu"}:
            return "ouvert"
        return "a_declarer" if standing == "a_declarer" else "scelle"

    def opens(self, seat: Seat) -> list[UUID]:
        """The dossiers whose documents a juror may fetch: said to be free of ties, while the sitting lasts."""
        if seat.person is None or self.sitting.phase is Phase.CLOSE:
            return []
        ids = (frozen.candidacy_id for frozen in self.dossiers)
        return [dossier for dossier in ids if (seat.id, dossier) in self.ties and not self.is_recused(seat.id, dossier)]

    def quorum(self, dossier: UUID) -> int:
        """The jurors whose marks the dossier needs, those who may not mark it taken off."""
        recused = sum(self.is_recused(seat.id, dossier) for seat in self.seats)
        return max(self.sitting.grid.quorum - recused, min(QUORUM_MIN, self.sitting.grid.quorum))

    def heard(self, dossier: UUID) -> int:
        """The jurors whose marks on the dossier count."""
        return len(self.counted(dossier))

    def missing(self) -> dict[UUID, int]:
        """By dossier, the marks that it lacks of its quorum; nothing is awaited once the sitting is closed."""
        if self.sitting.phase is Phase.CLOSE:
            return {}
        ids = [one.candidacy_id for one in self.dossiers]
        lacks = {dossier: self.quorum(dossier) - self.heard(dossier) for dossier in ids}
        return {dossier: lacking for dossier, lacking in lacks.items() if lacking > 0}

    def counted(self, dossier: UUID) -> dict[UUID, Mapping[str, Mark]]:
        """By seat, the marks that count."""
        found = {
            seat.id: marks.counted(self.first(seat.id, dossier), self.second(seat.id, dossier))
            for seat in self.seats
            if not self.is_recused(seat.id, dossier)
        }
        return {seat: given for seat, given in found.items() if given}

    def sheet(self) -> Sheet:
        """What the published arithmetic works from."""
        cells = {
            str(frozen.candidacy_id): {
                str(seat): {code: mark.value for code, mark in given.items() if mark.is_answered}
                for seat, given in self.counted(frozen.candidacy_id).items()
            }
            for frozen in self.dossiers
        }
        changed = {
            str(frozen.candidacy_id): quorum
            for frozen in self.dossiers
            if (quorum := self.quorum(frozen.candidacy_id)) != self.sitting.grid.quorum
        }
        return Sheet(self.sitting.grid, cells, changed)

    def scores(self) -> dict[tuple[str, str], float]:
        """What the informative layer works from: by (dossier, juror), on the scale."""
        sheet = self.sheet()
        return {
            (dossier, juror): float(score)
            for dossier, cells in sheet.marks.items()
            for juror, answers in cells.items()
            if (score := juror_score(sheet.grid, answers)) is not None
        }

    def flagged(self) -> list[tuple[Seat, str]]:
        """The jurors who use little of the scale, and how."""
        found = ((seat, marks.flags(self._all(seat.id))) for seat in self.seats)
        return [(seat, words) for seat, words in found if words]

    def _all(self, seat: UUID) -> Iterable[Mark]:
        return (mark for frozen in self.dossiers for mark in self.counted(frozen.candidacy_id).get(seat, {}).values())
