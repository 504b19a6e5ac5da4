"""A message of the thread: its words, and the token by which the same one sent twice is one."""

import re
import secrets
from dataclasses import dataclass

from intake.forms.candidacy import ToCorrect
from intake.forms.reading import Reader
from intake.forms.words import Words

LONGEST = 5_000
TOKEN = re.compile(r"[\w-]{20,64}")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody writes."""

    text: str
    token: str


def new_token() -> str:
    """The token of one form."""
    return secrets.token_urlsafe(24)


def read_message(words: Words) -> Said | ToCorrect:
    """The field `message`, and its token; a form without one is a message of its own."""
    reader = Reader(words)
    text = reader.text("message", LONGEST, "Écrivez votre message.")
    token = words["jeton"] if TOKEN.fullmatch(words["jeton"]) else new_token()
    return ToCorrect(reader.errors) if reader.errors else Said(text, token)
