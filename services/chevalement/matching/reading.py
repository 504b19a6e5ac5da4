"""Exchange files (one JSON object a line) read as the domain's projects and calls.

The rule kept here: any field may be null but the identities, and a line that cannot be read is named with its
file and number, never skipped: a measure on half a file would be a wrong measure.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, ValidationError

from chevalement.matching import labels
from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Place
from kernel.contracts.intake import Need, Project

NO_ADDRESS = "https://sans-adresse.example/"
"""Stands for the address of a call that has none."""
NO_TITLE = "(sans titre)"


class WrongLine(Exception):
    """A file that cannot be used; the text says where and what to do."""


def _some(value: Any) -> Any:
    return [] if value is None else [value] if isinstance(value, str) else value


def _day(value: Any) -> Any:
    return (value[:10] or None) if isinstance(value, str) else value


Texts = Annotated[list[str], BeforeValidator(_some)]
Day = Annotated[date | None, BeforeValidator(_day)]
Amount = Annotated[float | None, Field(ge=0, allow_inf_nan=False)]
Identity = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class NeedLine(BaseModel):
    libelle: str | None = None
    propres_mots: str | None = None
    nature: str | None = None
    priorite: Annotated[int | None, Field(ge=1)] = None
    themes: Texts = []


class BudgetLine(BaseModel):
    total_connu_eur: Amount = None


class ProjectLine(BaseModel):
    project_id: Identity
    nom: str | None = None
    porteur: str | None = None
    type_porteur: str | None = None
    commune: str | None = None
    code_insee: str | None = None
    departement: str | None = None
    region: str | None = None
    zonages: Texts = []
    resume: str | None = None
    stade: str | None = None
    budget: BudgetLine | None = None
    besoins: list[NeedLine] | None = None


class Territory(BaseModel):
    scale: str | None = None
    codes: Texts = []
    nom: str | None = None
    raw: str | None = None


class CallLine(BaseModel):
    call_id: Identity
    lang: str | None = None
    title: str | None = None
    funder: Texts = []
    program: str | None = None
    destination: str | None = None
    call_title: str | None = None
    beneficiaries: Texts = []
    aid_types: Texts = []
    recurrence: str | None = None
    territory: Territory | None = None
    opens: Day = None
    closes: Day = None
    budget_total_eur: Amount = None
    grant_min_eur: Amount = None
    grant_max_eur: Amount = None
    text: str | None = None
    eligibility_text: str | None = None
    url: str | None = None


class Judgment(BaseModel):
    """What an assessor said of a pair; `grade` 0 to 3 counts both the subject and the conditions."""

    project_id: Identity
    call_id: Identity
    grade: int = Field(ge=0, le=3)
    topical: int | None = Field(default=None, ge=0, le=3)
    eligible: Literal["oui", "partiel", "non", "non déterminé"] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project ready to be matched; `priorities`: number of a need → 1 (first) and more."""

    project_id: str
    project: Project
    place: Place
    priorities: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Offer:
    """A call ready to be matched. `real` says that it has an address where it is published."""

    call_id: str
    call: FundingCall
    real: bool


def projects(path: Path, populations: Mapping[str, int] = MappingProxyType({})) -> list[Candidate]:
    """The projects of a file, in its order; `populations`: INSEE code → inhabitants. Raises WrongLine."""
    return _read(path, ProjectLine, partial(_candidate, populations), lambda line: line.project_id)


def calls(path: Path) -> list[Offer]:
    """The calls of a file, in its order. Raises WrongLine."""
    return _read(path, CallLine, _offer, lambda line: line.call_id)


def judgments(path: Path) -> list[Judgment]:
    """The judgments of a file. Raises WrongLine."""
    return _read(path, Judgment, lambda line: line, lambda line: f"{line.project_id} × {line.call_id}")


Line = TypeVar("Line", bound=BaseModel)
Made = TypeVar("Made")


def _read(path: Path, shape: type[Line], made: Callable[[Line], Made], identity: Callable[[Line], str]) -> list[Made]:
    found: dict[str, Made] = {}
    try:
        written = path.read_bytes().split(b"\n")
    except OSError as error:
        raise WrongLine(f"{path}: cannot be read ({error.strerror}); give the path of a JSONL file") from None
    for number, raw in enumerate(written, 1):
        if not raw.strip():
            continue
        try:
            line = shape.model_validate(json.loads(raw.decode("utf-8-sig")))
            made_here = made(line)
        except (ValueError, RecursionError) as error:
            raise WrongLine(f"{path}, line {number}: {_why(error)}") from None
        if identity(line) in found:
            raise WrongLine(f"{path}, line {number}: {identity(line)} was already given; keep one of the lines")
        found[identity(line)] = made_here
    return list(found.values())


def _why(error: Exception) -> str:
    match error:
        case ValidationError():
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the line"
            return f"{where}: {first['msg']}, got {str(first['input'])[:80]!r}; correct the value or write null"
        case json.JSONDecodeError():
            return f"not JSON ({error.msg}, column {error.colno}); write one object a line"
        case UnicodeDecodeError():
            return "not UTF-8; save the file in UTF-8"
    return str(error)[:200] or type(error).__name__


def _candidate(populations: Mapping[str, int], line: ProjectLine) -> Candidate:
    needs = line.besoins or []
    project = Project(
        title=line.nom or "",
        summary=line.resume or "",
        description="",
        themes=(),
        porteur=line.porteur or "",
        porteur_form=labels.form_of(line.type_porteur),
        commune_code=line.code_insee or "",
        commune_name=line.commune or "",
        epci_code="",
        stage=labels.stage_of(line.stade),
        budget=_whole(line.budget.total_connu_eur) if line.budget else None,
        plan=(),
        needs=tuple(_need(number, need) for number, need in enumerate(needs, 1)),
    )
    zones = labels.zones_of(line.zonages)
    place = Place(line.departement or "", labels.region_code(line.region), zones, populations)
    return Candidate(line.project_id, project, place, {n: need.priorite or 1 for n, need in enumerate(needs, 1)})


def _need(number: int, line: NeedLine) -> Need:
    details = " . ".join([*line.themes, *([line.propres_mots] if line.propres_mots else [])])
    kind = labels.nature_of(line.nature)
    return Need(
        number=number, purpose=line.libelle or "", kind=kind, amount=None, begins=None, ends=None, details=details
    )


def _offer(line: CallLine) -> Offer:
    where = line.territory or Territory()
    scale, codes = labels.perimeter(where.scale, where.codes, where.raw)
    english = (line.lang or "").casefold().startswith("en")
    zone: Literal["Europe/Brussels", "Europe/Paris"] = "Europe/Brussels" if english else "Europe/Paris"
    least, most = _bounds(line.grant_min_eur, line.grant_max_eur)
    call = FundingCall(
        source="fichier",
        reference=line.call_id,
        title=(line.title or "").strip()[:1_000] or NO_TITLE,
        funders=tuple(name for name in line.funder if name.strip()),
        programme=" . ".join(part for part in (line.program, line.destination, line.call_title) if part) or None,
        description=line.text or "",
        eligibility_text=line.eligibility_text or "",
        audiences=labels.audiences_of(line.beneficiaries),
        perimeter_scale=scale,
        perimeter_name=where.nom or where.raw or ", ".join(where.codes),
        perimeter_codes=codes,
        kinds=labels.kinds_of(line.aid_types),
        language="en" if english else "fr",
        timezone=zone,
        opens_on=line.opens,
        closes_at=None if line.closes is None else datetime.combine(line.closes, time(23, 59), ZoneInfo(zone)),
        recurrence=labels.taxonomy.RECURRENCES.get((line.recurrence or "").strip().capitalize()),
        amount_min=least,
        amount_max=most,
        envelope=_whole(line.budget_total_eur),
        url=_address(line.url),
    )
    return Offer(line.call_id, call, bool(line.url))


def _address(url: str | None) -> str:
    return url if url and url.startswith(("http://", "https://")) else NO_ADDRESS


def _bounds(least: float | None, most: float | None) -> tuple[int | None, int | None]:
    """Whole euros; neither is believed where they are in the wrong order."""
    if least is not None and most is not None and least > most:
        return None, None
    return _whole(least), _whole(most)


def _whole(amount: float | None) -> int | None:
    return None if amount is None else round(amount)
