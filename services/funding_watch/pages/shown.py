"""What all the pages of the watch share: who may see them, under which prefix, and how a source is named."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends

from kernel.runtime.auth import Allow, Person

PREFIX = "/veille"
LONGEST_REASON = 1_000

Staff = Annotated[Person, Depends(Allow("staff"))]


@dataclass(frozen=True, slots=True)
class SourceShown:
    """A source as the pages know it; `missing` says what is to be filled in before it can be read."""

    name: str
    title: str
    owner: str
    missing: str | None
    schedule: str = ""
    """Six-field cron, UTC."""


def call_address(key: str) -> str:
    """The address of a call's page; a reference may hold any character."""
    return f"{PREFIX}/appels/{quote(key, safe=':')}"


def reason_error(reason: str) -> str | None:
    """What is wrong with a written reason, in French; None when it will do."""
    if not reason:
        return "Dites en une phrase pourquoi : votre décision reste visible avec son motif."
    if len(reason) > LONGEST_REASON:
        return f"Ce motif a {len(reason)} caractères ; {LONGEST_REASON} au plus."
    return None
