"""Rules of the territory's funders on what may be asked for together, as the label's file states them.

The rule kept here: a rule that says nothing of its source, or that could hold for no call, stops the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

EVERY = ("an", "projet")
"""What a rule counts in: the calls that close in one year, or all those of one project."""


@dataclass(frozen=True, slots=True)
class Cumulation:
    """A rule that no call need repeat: at most `most` of these calls, a year or for the whole project.

    `source` and `url` say where the rule can be read. `sources`: names in `sources.toml`; `phrases`: words of a title
    or a programme; `funders`: narrows both.
    """

    name: str
    source: str
    url: str = ""
    most: int = 1
    every: str = "an"
    sources: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    funders: tuple[str, ...] = ()


ENTRIES = tuple(one.name for one in fields(Cumulation))
LISTS = ("sources", "phrases", "funders")


class WrongCumulation(ValueError):
    """A rule that cannot be used; its text says which and what to write."""


def cumulation(row: Mapping[str, Any]) -> Cumulation:
    """A rule of the label's file. Raises `WrongCumulation`."""
    where = f"[[cumulations]] {row.get('name', dict(row))!r}"
    if unknown := sorted(row.keys() - set(ENTRIES)):
        raise WrongCumulation(f"{where}: {unknown[0]!r} is no entry; use {', '.join(ENTRIES)}")
    for entry in ("name", "source", "url"):
        if not isinstance(row.get(entry, ""), str) or (entry != "url" and not row.get(entry)):
            raise WrongCumulation(f"{where}: {entry} = {row.get(entry)!r}; write words: what it is, where it is read")
    named = {entry: _words(row.get(entry, []), f"{where}: {entry}") for entry in LISTS}
    if not named["sources"] and not named["phrases"]:
        raise WrongCumulation(f"{where} holds for no call; name some by `sources` or `phrases`")
    most, every = row.get("most", 1), row.get("every", "an")
    if type(most) is not int or most < 1:
        raise WrongCumulation(f"{where}: most = {most!r}; write how many calls may be taken, 1 or more")
    if every not in EVERY:
        raise WrongCumulation(f"{where}: every = {every!r}; write one of {', '.join(EVERY)}")
    return Cumulation(row["name"], row["source"], row.get("url", ""), most, every, **named)


def _words(found: object, where: str) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
        raise WrongCumulation(f'{where} = {found!r} is no list of words; write ["…"]')
    return tuple(found)
