"""Sources that are declared in a file (TOML or YAML): where a feed is, in which shape, and who publishes it.

The rule kept here: a declaration is checked whole before anything is read, and one that nobody verified is not
read at all; it says instead, in one line, what to verify. An unknown word in the file is an error, not a default.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from funding_watch.domain.call import Audience

Format = Literal["dispositif_aide", "ademe_agir", "at_feed", "syndication", "page", "records", "json_ld", "sitemap"]
Reach = Literal["régionale", "nationale", "européenne"]


IMPLIED: Mapping[str, Format] = {"selectors": "page", "fields": "records", "follow": "sitemap"}
"""What can only go with one format says it."""
TRY_FIRST = "Essayez cette déclaration avec « chevalement sources try », puis mettez enabled à vrai."


class Reading(BaseModel):
    """CSS selectors of what one call says, wherever it says it; an empty one finds nothing.

    `amount` is the sentence that states rate and amount, `audiences` a list of kinds of applicants.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = ""
    funder: str = ""
    description: str = ""
    eligibility: str = ""
    audiences: str = ""
    amount: str = ""
    opens: str = ""
    closes: str = ""


class Selectors(Reading):
    """CSS selectors of a list page: `each` finds the calls, the others look inside one.

    `link` empty: the calls have no page of their own, their title names them. `next` leads to the next page of the
    list. `identity` is a regular expression whose group, found in the link, is the reference. `under`: the headings
    that name a month (« Mai 2027 »), under which a day may stand without its year. `shared_eligibility` and
    `shared_closes` look in the whole page, for what it says of all its calls at once.
    """

    each: str = Field(min_length=1)
    title: str = Field(min_length=1)
    link: str = "a::attr(href)"
    next: str = ""
    identity: str = ""
    under: str = ""
    shared_eligibility: str = ""
    shared_closes: str = ""

    @field_validator("identity")
    @classmethod
    def _has_a_group(cls, written: str) -> str:
        if written and not re.compile(written).groups:
            raise ValueError("no group: put what is the reference between parentheses")
        return written


class Fields(BaseModel):
    """Where a JSON answer keeps what we read: dotted paths, which go through every element of a list that they meet.

    `items` leads to the rows (empty: the answer is the list), `count` to the number of rows that it announces. Only
    rows whose `keep` paths hold these words are calls. `link` is a path, or an address with {reference} in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: str = ""
    count: str = ""
    keep: dict[str, str] = Field(default_factory=dict)
    reference: str = Field(min_length=1)
    title: str = Field(min_length=1)
    link: str = ""
    description: tuple[str, ...] = ()
    eligibility: tuple[str, ...] = ()
    opens: str = ""
    closes: str = ""
    themes: str = ""
    funder: str = ""
    audiences: str = ""
    amount: str = ""
    offset: str = ""
    """The parameter of the address that moves on to the next rows, where the answer comes by pages."""


class Declaration(BaseModel):
    """One source. `format` goes without saying where selectors, fields or follow do; `owner` is the title's when empty.

    `perimeter` is a list of codes of the Code officiel géographique (`REG-32|DEP-62`), or a river basin
    (`BASSIN-artois-picardie`).

    `perimeter` and `audiences` stand for what the feed itself does not say; empty means to check.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    format: Format
    title: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    reach: Reach = "nationale"
    url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    tenant: str = Field(default="", pattern=r"^[A-Za-z0-9_-]*$")
    """Stands for {tenant} in the address: portals of one family differ by that word alone."""
    enabled: bool = False
    verify: str = Field(default=TRY_FIRST, min_length=1)
    """In French, what a person has to do before this source is enabled."""
    schedule: str = Field(default="", pattern=r"^(\S+( \S+){5})?$")
    """Six-field cron, UTC; empty means the installation's."""
    perimeter: str = Field(default="", pattern=r"^(BASSIN-[a-z-]+|[A-Z]+-[0-9][0-9A-Z]*(\|[A-Z]+-[0-9][0-9A-Z]*)*)?$")
    audiences: tuple[Audience, ...] = ()
    selectors: Selectors | None = None
    detail: Reading | None = None
    """Of a list page: what the page of each call says besides, or better."""
    fields: Fields | None = None
    follow: str = ""
    """Of a sitemap: the regular expression of the addresses that are calls."""

    @model_validator(mode="before")
    @classmethod
    def _without_saying(cls, written: Any) -> Any:
        if not isinstance(written, dict):
            return written
        implied = next((format_ for key, format_ in IMPLIED.items() if written.get(key)), "syndication")
        title = written.get("title") or written.get("name", "")
        return {"format": implied, "title": title, "owner": title, **written}

    @model_validator(mode="after")
    def _can_be_read(self) -> "Declaration":
        if self.enabled and not self.url:
            raise ValueError("url is empty: give the address, or enabled = false")
        if self.enabled and "{tenant}" in self.url and not self.tenant:
            raise ValueError("tenant is empty: give the word that stands for {tenant} in url, or enabled = false")
        if (self.format == "page") != (self.selectors is not None):
            raise ValueError("selectors go with format = 'page', and only with it")
        if self.detail and (self.selectors is None or not self.selectors.link):
            raise ValueError("detail goes with selectors that have a link to follow")
        if (self.format == "records") != (self.fields is not None):
            raise ValueError("fields go with format = 'records', and only with it")
        if (self.format == "sitemap") != bool(self.follow):
            raise ValueError("follow goes with format = 'sitemap', and only with it")
        return self

    @field_validator("follow")
    @classmethod
    def _is_an_expression(cls, written: str) -> str:
        try:
            re.compile(written)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return written

    @property
    def address(self) -> str:
        """Where the source is, its tenant filled in."""
        return self.url.replace("{tenant}", self.tenant)

    @property
    def fingerprint(self) -> str:
        """Changes with the declaration: what was read under another one is to be read again."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


def declarations(text: str) -> dict[str, Declaration]:
    """The declarations of a TOML text, by name. Raises ValueError with one line that names the wrong field."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not TOML: {error}") from None
    return declared(tables)


def declared(tables: Mapping[str, object]) -> dict[str, Declaration]:
    """The declarations of tables, by name, whatever they were written in. Raises ValueError likewise."""
    return {name: _declaration(name, table) for name, table in tables.items()}


def _declaration(name: str, table: object) -> Declaration:
    if not isinstance(table, dict):
        raise ValueError(f"{name} = {table!r}: a source is a table, [{name}]")
    try:
        return Declaration(**{"name": name, **table})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in (name, *first["loc"]))
        raise ValueError(f"{where}: {first['msg']} ({str(first['input'])[:80]!r})") from None
