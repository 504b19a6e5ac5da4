"""A vote of the Grand forum is figures and a verdict; people say the verdict, and the figures have to carry it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Vote:
    """What the Grand forum voted on some dossiers at once; people say whether that approves."""

    id: UUID
    wave_id: UUID
    held_on: date
    place: str
    chaired_by: str
    present: int
    in_favour: int
    against: int
    abstained: int
    approved: bool
    note: str
    by: str
    at: datetime

    @property
    def words(self) -> str:
        """The figures in a sentence."""
        verdict = "approbation" if self.approved else "renvoi"
        return (
            f"Grand forum du {self.held_on:%d/%m/%Y}, {verdict} : {self.in_favour} pour, {self.against} contre, "
            f"{self.abstained} abstentions, {self.present} présents."
        )


def objection_to_vote(vote: Vote) -> str | None:
    """What is wrong with the figures of a vote, None when they hold."""
    if vote.in_favour + vote.against + vote.abstained > vote.present:
        return "Il y a plus de voix que de présents : vérifiez les quatre nombres"
    if vote.approved and vote.in_favour <= vote.against:
        return "Une approbation demande plus de voix pour que de voix contre"
    return None
