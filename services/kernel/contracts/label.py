"""The label as configuration: its words, its grid, its territory. Another territory writes another file.

Read once at start from `label.toml` and the territory file beside it; a missing or wrong entry stops the start.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kernel.contracts.cumulation import Cumulation, WrongCumulation, cumulation


@dataclass(frozen=True, slots=True)
class Named:
    """A code kept in dossiers and events, with the words that people see."""

    code: str
    name: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Criterion(Named):
    """A sub-criterion; `anchors` say for some levels of the scale what deserves them."""

    anchors: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Axis(Named):
    """An axis of the grid and its sub-criteria."""

    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class Question(Named):
    """A question in the words of one committee, and the axis that its answer speaks of."""

    axis: str = ""


@dataclass(frozen=True, slots=True)
class CommitteeGrid:
    """How a committee marks: `weight` in the total, `quorum` of jurors, weights of the axes in the order asked.

    `questions` replaces the sub-criteria where the committee has words of its own.
    """

    weight: int
    quorum: int
    axes: Mapping[str, int]
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Committee(Named):
    """A committee; without a grid it gives opinions and no marks."""

    grid: CommitteeGrid | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the scale, 0 to 4."""

    value: int
    name: str
    help: str


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of the territory and the agglomeration it belongs to."""

    code: str
    name: str
    epci_code: str
    epci_name: str
    epci_acronym: str
    population: int


@dataclass(frozen=True, slots=True)
class Adviser:
    """Who helps a project that is not kept: with what, how to reach them; for some kinds of need or places only."""

    name: str
    about: str
    reach: str = ""
    needs: tuple[str, ...] = ()
    epcis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Legal:
    """What the law asks to be said of publisher, host and accessibility; empty where it is not filled in yet."""

    publication_director: str = "La présidence de l’éditeur"
    host_address: str = ""
    host_telephone: str = ""
    dpo: str = ""
    accessibility: str = "non conforme"
    accessibility_audit: str = ""
    accessibility_plan: str = ""


@dataclass(frozen=True, slots=True)
class ModelMark:
    """The level that a criterion of an anchor dossier deserves, and why."""

    criterion: str
    level: int
    reason: str


@dataclass(frozen=True, slots=True)
class AnchorDossier:
    """An invented project on which jurors try the scale before they mark."""

    code: str
    title: str
    text: str
    marks: tuple[ModelMark, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """Everything that is particular to one label."""

    name: str
    short_name: str
    territory_name: str
    publisher: str
    contact_role: str
    mail: str
    postal_address: str
    telephone: str
    host: str
    """Who runs the machines: name, address, telephone. Empty where the installation has not said it yet."""
    dossier_prefix: str
    department: str
    region: str
    zones: frozenset[str]
    """Slugs of the zones, as funders name them, that hold the whole territory."""
    councils: Mapping[str, tuple[date, ...]]
    """SIREN of an agglomeration or INSEE code of a commune → the days on which its council meets, in order."""
    quota: int
    late_days: int
    """Days after the closing of a wave during which a dossier is still received, for the team to decide."""
    axes: tuple[Axis, ...]
    levels: tuple[Level, ...]
    committees: tuple[Committee, ...]
    themes: tuple[Named, ...]
    colours: Mapping[str, str]
    communes: Mapping[str, Commune]
    """By INSEE code."""
    advisers: tuple[Adviser, ...] = ()
    cumulations: tuple[Cumulation, ...] = ()
    legal: Legal = Legal()
    anchor_dossiers: tuple[AnchorDossier, ...] = ()
    """In the order in which jurors try them; none, and they mark at once."""

    def theme(self, code: str) -> str:
        """The words of a theme; the code itself where the file no longer has it."""
        return next((theme.name for theme in self.themes if theme.code == code), code)

    def committee(self, code: str) -> str:
        """The words of a committee; the code itself where the file no longer has it."""
        return next((c.name for c in self.committees if c.code == code), code)


class WrongLabel(ValueError):
    """The label's files cannot be used; names them and what is missing."""


def load_label(label_file: Path, territory_file: Path) -> Label:
    """Read the label. Raises `WrongLabel`."""
    try:
        data = tomllib.loads(label_file.read_text(encoding="utf-8"))
        territory = json.loads(territory_file.read_text(encoding="utf-8"))
        return _label(data, territory)
    except (OSError, KeyError, WrongCumulation, tomllib.TOMLDecodeError, json.JSONDecodeError, TypeError) as error:
        raise WrongLabel(f"{label_file} or {territory_file}: {type(error).__name__} {error}") from error


def _label(data: dict[str, Any], territory: dict[str, Any]) -> Label:
    label = data["label"]
    return Label(
        name=label["name"],
        short_name=label["short_name"],
        territory_name=label["territory_name"],
        publisher=label["publisher"],
        contact_role=label["contact_role"],
        mail=label["mail"],
        postal_address=label.get("postal_address", ""),
        telephone=label.get("telephone", ""),
        host=label.get("host", ""),
        dossier_prefix=label["dossier_prefix"],
        department=data["territory"]["department"],
        region=data["territory"]["region"],
        zones=frozenset(data["territory"].get("zones", ())),
        councils={code: tuple(sorted(days)) for code, days in data.get("councils", {}).items()},
        quota=data["wave"]["quota"],
        late_days=int(data["wave"].get("late_days", 0)),
        axes=tuple(_axis(axis) for axis in data["axes"]),
        levels=tuple(Level(**level) for level in data["levels"]),
        committees=tuple(_committee(row) for row in sorted(data["committees"], key=lambda c: c.get("order", 0))),
        themes=_named(data["themes"]),
        colours=data.get("look", {}),
        communes=_communes(territory),
        advisers=tuple(_adviser(row) for row in data.get("advisers", [])),
        cumulations=tuple(cumulation(row) for row in data.get("cumulations", [])),
        legal=Legal(**data.get("legal", {})),
        anchor_dossiers=tuple(_anchor_dossier(row) for row in data.get("anchor_dossiers", [])),
    )


def _anchor_dossier(row: dict[str, Any]) -> AnchorDossier:
    marks = tuple(ModelMark(mark["criterion"], mark["level"], mark["reason"]) for mark in row["marks"])
    return AnchorDossier(row["code"], row["title"], row["text"], marks)


def _adviser(row: dict[str, Any]) -> Adviser:
    kinds = tuple(row.get("needs", ())), tuple(row.get("epcis", ()))
    return Adviser(row["name"], row["about"], row.get("reach", ""), *kinds)


def _axis(axis: dict[str, Any]) -> Axis:
    return Axis(axis["code"], axis["name"], axis.get("help", ""), tuple(_criterion(row) for row in axis["criteria"]))


def _criterion(row: dict[str, Any]) -> Criterion:
    anchors = {int(level): words for level, words in row.get("anchors", {}).items()}
    return Criterion(row["code"], row["name"], row.get("help", ""), anchors)


def _committee(row: dict[str, Any]) -> Committee:
    grid = row.get("grid")
    return Committee(row["code"], row["name"], row.get("help", ""), _grid(grid) if grid else None)


def _grid(grid: dict[str, Any]) -> CommitteeGrid:
    questions = (Question(q["code"], q["name"], q.get("help", ""), q["axis"]) for q in grid.get("questions", []))
    return CommitteeGrid(grid["weight"], grid["quorum"], dict(grid["axes"]), tuple(questions))


def _named(rows: list[dict[str, Any]]) -> tuple[Named, ...]:
    return tuple(Named(row["code"], row["name"], row.get("help", "")) for row in rows)


def _communes(territory: dict[str, Any]) -> dict[str, Commune]:
    return {
        commune["code"]: Commune(
            commune["code"], commune["nom"], epci["code"], epci["nom"], epci["sigle"], commune["population"]
        )
        for epci in territory["epci"]
        for commune in epci["communes"]
    }
