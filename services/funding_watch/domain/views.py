"""A view of a list: the filters of its address, under a name that somebody gave it.

The rule kept here: an address holds known filters alone, each once, so that two views of the same rows are one view.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

ListName = Literal["tri", "appels"]
FILTERS: Mapping[ListName, tuple[str, ...]] = {
    "tri": ("etat", "projet", "appel", "pour", "retard", "motif", "q"),
    "appels": ("q", "statut", "source", "pour", "nature", "tri"),
}
"""What stands in the address of each list."""
LONGEST_NAME, LONGEST_ADDRESS = 80, 2_000
MOST = 40
"""Views that one person keeps of one list."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A name for an address (what stands behind `?`)."""

    id: UUID
    name: str
    address: str


def address_of(asked: Mapping[str, str], of: ListName) -> str:
    """The address of the view that these filters make."""
    return urlencode({name: asked[name] for name in FILTERS[of] if asked.get(name)})


def cleaned(address: str, of: ListName) -> str:
    """An address as somebody sent it, with what the list knows of it; none for one that no list writes."""
    if len(address) > LONGEST_ADDRESS:
        return ""
    found = address_of(dict(parse_qsl(address)), of)
    return found if len(found) <= LONGEST_ADDRESS else ""
