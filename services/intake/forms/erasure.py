"""An order of erasure: the address, and why; confirmed on a page of its own."""

from dataclasses import dataclass

from intake.forms import values
from intake.forms.candidacy import ToCorrect
from intake.forms.reading import Reader
from intake.forms.words import Words


@dataclass(frozen=True, slots=True)
class Order:
    """Whom to erase, why, and whether the person who asks has read what will go."""

    email: str
    reason: str
    confirmed: bool


def read_order(words: Words) -> Order | ToCorrect:
    """The fields `courriel`, `motif` and `confirme`."""
    reader = Reader(words)
    email = reader.value("courriel", words["courriel"], values.email)
    reason = reader.text("motif", 500, "Écrivez pourquoi, par exemple « Demande reçue par courriel le 3 mars ».")
    if reader.errors or email is None:
        return ToCorrect(reader.errors)
    return Order(email, reason, words["confirme"] == "oui")
