"""A file joined to a dossier is of a kind that everybody can open, told by its content; its name can do no harm."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args
from uuid import UUID

from intake.domain.refusals import Refused
from intake.domain.states import State

Kind = Literal["pdf", "jpg", "png", "webp", "odt", "ods", "odp", "docx", "xlsx", "pptx"]
KINDS: tuple[Kind, ...] = get_args(Kind)

MIMES: Mapping[Kind, str] = MappingProxyType(
    {
        "pdf": "application/pdf",
        "jpg": "image/jpeg",
        "png": "image/png",
        "webp": "image/webp",
        "odt": "application/vnd.oasis.opendocument.text",
        "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "odp": "application/vnd.oasis.opendocument.presentation",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    }
)
SAME: Mapping[str, Kind] = MappingProxyType({"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg"})
"""Other endings of a kind."""

MEGA = 1024 * 1024
LARGEST = 20 * MEGA
"""Bytes of one file: a plan scanned in colour has five."""
MOST = 20
MOST_REFUSED = 20
ROOM = 150 * MEGA
"""Bytes of all the files of a dossier."""
LONGEST_NAME = 100
CLOSED: frozenset[State] = frozenset({"retire", "non_retenu"})
"""States in which nothing is joined any more."""
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
FORBIDDEN = frozenset('<>:"|?*')


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a dossier; `digest` is the SHA-256 of its content, None where it was `refused` and not kept."""

    id: UUID
    name: str
    kind: Kind | None
    size: int
    digest: str | None
    added_at: datetime
    by: str
    refused: str = ""
    """What an antivirus found in it."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file that came and was judged."""

    name: str
    kind: Kind | None
    size: int
    digest: str | None
    refused: str = ""


def check_size(size: int) -> None:
    """Refuse what is empty or too large."""
    if size == 0:
        raise Refused("ce fichier est vide.")
    if size > LARGEST:
        raise Refused(f"ce fichier dépasse {LARGEST // MEGA} Mo : réduisez-le, ou envoyez un lien à l’équipe.")


def check_room(known: Collection[Attachment], given: Given) -> None:
    """Refuse one file too many."""
    kept = [one for one in known if one.digest]
    if given.refused and len(known) - len(kept) >= MOST_REFUSED:
        raise Refused("trop de fichiers refusés : écrivez à l’équipe.")
    if given.refused:
        return
    if len(kept) >= MOST:
        raise Refused(f"ce dossier a déjà {MOST} fichiers : retirez-en un d’abord.")
    if sum(one.size for one in kept) + given.size > ROOM:
        raise Refused(f"les fichiers de ce dossier dépasseraient {ROOM // MEGA} Mo : retirez-en un d’abord.")


def check_joins(state: State) -> None:
    """Refuse a file for a dossier whose life is over."""
    if state in CLOSED:
        raise Refused("Ce dossier ne reçoit plus de fichier dans son état actuel.")


def check_takes_away(opened: Collection[str]) -> None:
    """Refuse to take a file away where the documents of a sent dossier may not be changed; `opened` are sections."""
    if "documents" not in opened:
        raise Refused("Ce fichier fait partie du dossier lu par l’équipe : il ne peut plus être retiré.")


def same(known: Collection[Attachment], given: Given) -> Attachment | None:
    """The file that has exactly the same content already."""
    return next((one for one in known if one.digest and one.digest == given.digest), None)


def safe_name(typed: str, kind: str) -> str:
    """A name for any disk: no folder, no invisible or direction mark, at most LONGEST_NAME, the ending of its kind."""
    last = unicodedata.normalize("NFC", typed).replace("\\", "/").rpartition("/")[2]
    seen = "".join(
        " " if c.isspace() else c for c in last if c.isspace() or not unicodedata.category(c).startswith("C")
    )
    clean = " ".join("".join("-" if c in FORBIDDEN else c for c in seen).split())
    stem, dot, ending = clean.rpartition(".")
    ours = bool(dot) and SAME.get(ending.lower(), ending.lower()) in KINDS
    stem = (stem if ours else clean).strip(" .")[:LONGEST_NAME].strip(" .")
    if not stem or stem.lower() in RESERVED:
        stem = f"document {stem}".strip()
    return f"{stem}.{kind}" if kind else stem
