"""The short forms of what follows a decision; each comes back with its words on an error."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import cast

from intake.domain.follow_up import LONGEST, LONGEST_NEWS, PROGRESSES, Kind, Progress
from intake.forms.candidacy import ToCorrect
from intake.forms.desk import day
from intake.forms.messages import TOKEN, Said, new_token
from intake.forms.reading import Reader
from intake.forms.words import Words


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be done, and by which day."""

    kind: Kind
    text: str
    due_on: date


def read_line(words: Words, kinds: Collection[Kind]) -> Planned | ToCorrect:
    """The fields `suivi_nature`, `suivi_texte`, `suivi_date`; the only kind there is needs no choice."""
    reader = Reader(words)
    typed = words["suivi_nature"] or (next(iter(kinds)) if len(kinds) == 1 else "")
    kind = reader.choice("suivi_nature", typed, kinds, "Choisissez de quoi il s’agit.")
    text = reader.line("suivi_texte", LONGEST, "Écrivez ce qui sera fait, en une phrase.")
    due_on = reader.value("suivi_date", words["suivi_date"], day)
    if reader.errors or due_on is None:
        return ToCorrect(reader.errors)
    return Planned(cast("Kind", kind), text, due_on)


def read_progress(words: Words) -> Progress | None:
    """The field `etat`; None for anything that no page of ours sends."""
    return next((progress for progress in PROGRESSES if progress == words["etat"]), None)


def read_news(words: Words) -> Said | ToCorrect:
    """The field `nouvelles`, and the token of its form."""
    reader = Reader(words)
    text = reader.text("nouvelles", LONGEST_NEWS - 30, "Écrivez quelques lignes.")
    token = words["jeton"] if TOKEN.fullmatch(words["jeton"]) else new_token()
    return ToCorrect(reader.errors) if reader.errors else Said(text, token)


def read_acceptance(words: Words) -> int | ToCorrect:
    """The version that was read, and the box `accepte`."""
    reader = Reader(words)
    reader.choice("accepte", words["accepte"], {"oui"}, "Cochez cette case pour accepter l’accord.")
    version = words["version"]
    if reader.errors:
        return ToCorrect(reader.errors)
    return int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0
