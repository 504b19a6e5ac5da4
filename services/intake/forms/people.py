"""The two forms about people: one's own address, and an invitation; both come back with their words on an error."""

from dataclasses import dataclass
from typing import cast

from intake.domain.people import INVITED, Role
from intake.forms import values
from intake.forms.candidacy import ToCorrect
from intake.forms.reading import Reader
from intake.forms.words import Words

TRAP = "site_web"
"""A field that no person sees: what fills it is a machine."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom staff invite, and as what."""

    email: str
    name: str
    role: Role


def read_address(words: Words) -> str | ToCorrect:
    """The address in the field `courriel`."""
    reader = Reader(words)
    found = reader.value("courriel", words["courriel"], values.email)
    return ToCorrect(reader.errors) if found is None or reader.errors else found


def read_companion(words: Words) -> tuple[str, str] | ToCorrect:
    """Somebody to share a dossier with: address and function."""
    reader = Reader(words)
    email = reader.value("courriel", words["courriel"], values.email)
    name = reader.line("fonction", 160, "Écrivez sa fonction, par exemple « Bureau d’études » ou « Trésorerie ».")
    return ToCorrect(reader.errors) if reader.errors or email is None else (email, name)


def read_guest(words: Words) -> Guest | ToCorrect:
    """An invitation: address, function and role."""
    reader = Reader(words)
    email = reader.value("courriel", words["courriel"], values.email)
    name = reader.line(
        "fonction", 160, "Écrivez la fonction ou l’organisation, par exemple « Région, direction climat »."
    )
    role = reader.choice("role", words["role"], INVITED, "Choisissez ce que cette personne pourra faire.")
    if reader.errors or email is None:
        return ToCorrect(reader.errors)
    return Guest(email, name, cast("Role", role))  # one of INVITED
