"""The dossiers that a form names, and the token by which the same form sent twice acts once."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Depends, HTTPException, Request

from intake.pages.shell import MOST_FIELDS


def identifier(text: str) -> UUID:
    """The identifier in an address; anything else is a page that does not exist."""
    try:
        return UUID(text)
    except ValueError:
        raise HTTPException(404) from None


async def chosen(request: Request) -> list[UUID]:
    """FastAPI dependency: the dossiers ticked in the form or named in the address, each once; others are left out."""
    form = await request.form(max_fields=MOST_FIELDS) if request.method == "POST" else request.query_params
    found = []
    for text in form.getlist("dossier"):
        try:
            found.append(UUID(str(text)))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def token_of(text: str) -> UUID:
    """The token of a form as the identifier of what it makes; a form without one makes something of its own."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


Chosen = Annotated[list[UUID], Depends(chosen)]
