"""A funding call, the same record whatever its source.

The rule kept here: a call changes when what an applicant would act on changes. Deadlines are compared as
days where the funder sits, because of 179 deadline changes met in five months of the European portal's
listing 132 were the same day told at another hour; a rewritten description is not a change either.
"""

import hashlib
import json
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from kernel.contracts.funding_watch import FieldChange

Audience = Literal[
    "commune",
    "epci",
    "syndicat_mixte",
    "departement",
    "region",
    "etablissement_public",
    "universite",
    "association",
    "entreprise",
    "entreprise_sociale",
    "societe_citoyenne",
    "epl",
    "particulier",
    "agriculteur",
]
Scale = Literal["commune", "epci", "departement", "bassin", "region", "pays", "europe", "autre"]
Kind = Literal["subvention", "pret", "avance", "cee", "ingenierie", "prix", "autre"]
Expense = Literal["investissement", "fonctionnement"]
Recurrence = Literal["ponctuelle", "permanente", "recurrente"]
Status = Literal["a_venir", "ouvert", "clos", "permanent"]
Zone = Literal["Europe/Paris", "Europe/Brussels"]
Presence = Literal["confirme", "non_confirme", "ferme"]
"""What the watch believes of a call beyond its dates; see `presence`."""

# What an applicant acts on. Left out on purpose: description, url, themes, language.
MEANINGFUL = (
    "title",
    "funders",
    "programme",
    "eligibility_text",
    "audiences",
    "perimeter_scale",
    "perimeter_name",
    "perimeter_codes",
    "kinds",
    "expenses",
    "opens_on",
    "closes_at",
    "cut_offs",
    "recurrence",
    "rate_min",
    "rate_max",
    "amount_min",
    "amount_max",
    "envelope",
)


class FundingCall(BaseModel):
    """One call of one source. Empty or None means that the source does not say: to check, never a no.

    Euros and percents are whole numbers. The codes of a perimeter are to be read with its scale, since
    "32" is a region and a department: INSEE for communes, departments and regions, SIREN for EPCI, a slug
    for basins and ad-hoc areas, "FR" and "EU".
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    source: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    reference: str = Field(min_length=1, max_length=200)
    title: str = Field(min_length=1, max_length=1_000)
    funders: tuple[str, ...] = ()
    programme: str | None = None
    description: str = ""
    eligibility_text: str = ""
    audiences: tuple[Audience, ...] = ()
    perimeter_scale: Scale = "autre"
    perimeter_name: str = ""
    perimeter_codes: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    expenses: tuple[Expense, ...] = ()
    themes: tuple[str, ...] = ()
    language: Literal["fr", "en"] = "fr"
    timezone: Zone = "Europe/Paris"
    opens_on: date | None = None
    closes_at: AwareDatetime | None = None
    """The last moment at which a newcomer may still apply: the first stage where there are two."""
    cut_offs: tuple[AwareDatetime, ...] = ()
    """Every dated step in order: stages, sessions, pre-applications; the last one need not be closes_at."""
    recurrence: Recurrence | None = None
    rate_min: int | None = Field(default=None, ge=0, le=100)
    rate_max: int | None = Field(default=None, ge=0, le=100)
    amount_min: int | None = Field(default=None, ge=0)
    amount_max: int | None = Field(default=None, ge=0)
    envelope: int | None = Field(default=None, ge=0)
    """What the funder has to give to all the projects together."""
    url: str = Field(pattern=r"^https?://")
    presence: Presence = "confirme"
    """The watch's own finding, not the source's: no reader fills it."""
    quarantined: bool = False
    """Something read of it is doubtful and nobody has looked yet; likewise the watch's own finding."""
    payload: str = Field(default="", exclude=True, repr=False)
    """What the source wrote, as it came: kept beside the record as its archived copy, never part of it."""

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> "FundingCall":
        for low, high in (("rate_min", "rate_max"), ("amount_min", "amount_max")):
            least, most = getattr(self, low), getattr(self, high)
            if least is not None and most is not None and least > most:
                raise ValueError(f"{self.key}: {low} {least} is over {high} {most}; exchange or drop them")
        return self

    @property
    def key(self) -> str:
        """Identity across crawls."""
        return f"{self.source}:{self.reference}"

    @property
    def closes_on(self) -> date | None:
        """The closing day where the funder sits."""
        return None if self.closes_at is None else self.local_day(self.closes_at)

    def local_day(self, at: datetime) -> date:
        """The day that `at` is where the funder sits."""
        return at.astimezone(ZoneInfo(self.timezone)).date()

    def status_at(self, now: datetime) -> Status:
        """What the call is at `now` (aware). A permanent call outlives a date that has passed.

        An unconfirmed call keeps the status of its dates: `presence` says that it is in doubt.
        """
        if self.presence == "ferme":
            return "clos"
        if self.opens_on is not None and self.local_day(now) < self.opens_on:
            return "a_venir"
        if self.closes_at is not None and now <= self.closes_at:
            return "ouvert"
        if self.recurrence == "permanente":
            return "permanent"
        return "ouvert" if self.closes_at is None else "clos"

    def status_on(self, today: date) -> Status:
        """What the call is when `today` begins, where the funder sits."""
        return self.status_at(datetime(today.year, today.month, today.day, tzinfo=ZoneInfo(self.timezone)))

    def next_cut_off(self, now: datetime) -> datetime | None:
        """The next date to keep for a newcomer; None when there is none left or none was given."""
        dates = [*self.cut_offs, *([self.closes_at] if self.closes_at else [])]
        ahead = [at for at in dates if at >= now and (self.closes_at is None or at <= self.closes_at)]
        return min(ahead, default=None)

    def content_hash(self) -> str:
        """Equal for two readings of a call that an applicant would not tell apart (64 hex digits)."""
        content = json.dumps(_meaning(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def changes(old: FundingCall, new: FundingCall) -> list[FieldChange]:
    """What an applicant must know between two readings of one call, field by field, as text.

    Empty exactly when the two have the same content_hash.
    """
    if old.key != new.key:
        raise ValueError(f"{old.key} and {new.key} are two calls: compare two readings of one")
    before, after = _meaning(old), _meaning(new)
    return [
        FieldChange(field=field, old=before[field], new=after[field])
        for field in MEANINGFUL
        if before[field] != after[field]
    ]


def _meaning(call: FundingCall) -> dict[str, str | None]:
    return {field: _as_text(call, getattr(call, field)) for field in MEANINGFUL}


def _as_text(call: FundingCall, value: object) -> str | None:
    """One text for all that means the same: days for instants, sorted lists, single spaces."""
    match value:
        case None | "" | ():
            return None
        case datetime():
            return call.local_day(value).isoformat()
        case date():
            return value.isoformat()
        case tuple():
            return " | ".join(sorted({_as_text(call, one) or "" for one in value}))
        case _:
            return " ".join(str(value).split())
