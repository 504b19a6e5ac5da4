"""A grid is data: its questions, anchors and weights are read once, named by their digest, and frozen when used.

Two grids with the same content have the same version, whoever wrote them and whenever; a word that changes makes
another one, so a mark always says by which words it was given.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kernel.contracts.label import Axis, Label, WrongLabel
from kernel.contracts.scoring import Committee

TOP = 4
"""The highest level; the lowest is 0."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the grid; `anchors` are (level, what deserves it)."""

    code: str
    name: str
    help: str
    anchors: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """An axis as one committee is asked about it; `weight` in percent of the committee's score."""

    code: str
    name: str
    weight: int
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A level of the scale and what it means."""

    value: int
    name: str
    help: str


@dataclass(frozen=True, slots=True)
class Grid:
    """What a committee is asked, in its order; `weight` in percent of the total, `quorum` in jurors."""

    committee: Committee
    weight: int
    quorum: int
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]

    @property
    def version(self) -> str:
        """Twelve characters that change when anything in the grid does."""
        return hashlib.sha256(canonical(asdict(self)).encode()).hexdigest()[:12]

    @property
    def questions(self) -> tuple[Asked, ...]:
        """Every question, in the order asked."""
        return tuple(asked for part in self.parts for asked in part.questions)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(asked.code for asked in self.questions)

    def part(self, code: str) -> Part | None:
        return next((part for part in self.parts if part.code == code), None)

    def as_data(self) -> dict[str, Any]:
        """The grid as it is kept; `read` gives it back."""
        data: dict[str, Any] = json.loads(canonical(asdict(self)))
        return data


def canonical(data: object) -> str:
    """One text for equal data: sorted keys, no space, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def revision(project: Mapping[str, Any]) -> str:
    """Twelve characters that name what the porteur had written when a dossier was frozen."""
    return hashlib.sha256(canonical(project).encode()).hexdigest()[:12]


def read(data: Mapping[str, Any]) -> Grid:
    """A grid that was kept by `Grid.as_data`."""
    parts = tuple(
        Part(part["code"], part["name"], part["weight"], tuple(_asked(row) for row in part["questions"]))
        for part in data["parts"]
    )
    steps = tuple(Step(**step) for step in data["steps"])
    return Grid(data["committee"], data["weight"], data["quorum"], parts, steps)


def _asked(row: Mapping[str, Any]) -> Asked:
    anchors = tuple((int(level), str(words)) for level, words in row["anchors"])
    return Asked(row["code"], row["name"], row["help"], anchors)


def of_label(label: Label, committee: Committee) -> Grid:
    """The grid of a committee as the label has it now. Raises `WrongLabel` where it cannot be used."""
    found = next((c for c in label.committees if c.code == committee), None)
    if found is None or found.grid is None:
        raise WrongLabel(f"committee {committee!r} has no [committees.grid] in the label's file: write one")
    rules = found.grid
    axes = {axis.code: axis for axis in label.axes}
    unknown = [code for code in [*rules.axes, *(q.axis for q in rules.questions)] if code not in axes]
    if unknown or sum(rules.axes.values()) != 100:
        raise WrongLabel(
            f"grid of {committee!r}: axes {unknown} are unknown, or weights {dict(rules.axes)} are not 100"
        )
    own = [(q.axis, Asked(q.code, q.name, q.help)) for q in rules.questions]
    parts = tuple(
        Part(
            code, axes[code].name, weight, tuple(asked for axis, asked in own if axis == code) or _criteria(axes[code])
        )
        for code, weight in rules.axes.items()
    )
    steps = tuple(Step(level.value, level.name, level.help) for level in label.levels)
    return Grid(committee, rules.weight, rules.quorum, parts, steps)


def check_label(label: Label) -> None:
    """Raises `WrongLabel` when a committee could not open a sitting."""
    for committee in marked_by(label):
        of_label(label, committee)
    known = {criterion.code for axis in label.axes for criterion in axis.criteria}
    for dossier in label.anchor_dossiers:
        wrong = [mark for mark in dossier.marks if mark.criterion not in known or not 0 <= mark.level <= TOP]
        if wrong or not dossier.marks:
            raise WrongLabel(f"anchor dossier {dossier.code!r}: no marks, or an unknown criterion or level: {wrong}")


def _criteria(axis: Axis) -> tuple[Asked, ...]:
    return tuple(Asked(c.code, c.name, c.help, tuple(sorted(c.anchors.items()))) for c in axis.criteria)


def marked_by(label: Label) -> Iterator[Committee]:
    """The committees of the label that mark."""
    known: tuple[Committee, ...] = ("technique", "lyceen", "expertise")
    codes = {c.code for c in label.committees if c.grid}
    yield from (committee for committee in known if committee in codes)
