"""What a porteur answers to a call: the fields bear the identifier of its match, since a page has several."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from intake.domain.funding import ANSWER_WORDS
from intake.forms.candidacy import ToCorrect
from intake.forms.reading import Reader
from intake.forms.values import amount
from intake.forms.words import Words
from kernel.contracts.triage import FundingAnswer

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer; `amount` in whole euros, where the aid was obtained and the sum given."""

    answer: FundingAnswer
    amount: int | None
    words: str


def read_answer(words: Words, match_id: UUID) -> Answered | ToCorrect:
    """The answer to this match, or what is to be corrected by field."""
    reader, mark = Reader(words), match_id.hex
    said = f"reponse-{mark}"
    answer = reader.choice(said, words[said], ANSWER_WORDS, "Choisissez ce que devient cette aide.")
    sum_ = reader.value(f"montant-{mark}", words[f"montant-{mark}"], amount) if answer == "obtenu" else None
    if sum_ == 0:
        reader.wrong(f"montant-{mark}", "Le montant obtenu ne peut pas être nul : laissez le champ vide si besoin.")
    text = reader.text(f"mots-{mark}", LONGEST)
    return ToCorrect(reader.errors) if reader.errors else Answered(cast("FundingAnswer", answer), sum_, text)
