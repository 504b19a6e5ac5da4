"""Reads a CSV in the national schema `dispositif-aide` (v0.2.0, etalab/schema-dispositif-aide).

The rule kept here: a row that lacks a required field is left out and told; a word that the schema's lists do not
hold yet is told, and what it stood for is to check. The encoding is UTF-8, or what spreadsheets make of it.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping

from scrapy import Request
from scrapy.http import Response

from funding_watch.domain.call import Audience, FundingCall, Kind
from funding_watch.spiders.cog import perimeter_of
from funding_watch.spiders.declared import DeclaredSpider
from funding_watch.spiders.text import NUL, one_line, plain_text, web_address

REST = ""
"""Where a line with too many cells puts the rest; one with too few gets NUL, which the text itself does not hold."""

REQUIRED = (
    "id",
    "titre",
    "description",
    "eligibilite",
    "types_aides",
    "porteurs",
    "cibles",
    "eligibilite_geographique",
    "date_mise_a_jour",
)

AUDIENCES: Mapping[str, tuple[Audience, ...]] = {
    # Sem and Spl are public money in companies' law: both words may mean them, so both admit them.
    "professionnels": ("entreprise", "entreprise_sociale", "societe_citoyenne", "epl", "agriculteur"),
    "particuliers": ("particulier",),
    "associations": ("association",),
    "secteur public": (
        "commune",
        "epci",
        "syndicat_mixte",
        "departement",
        "region",
        "etablissement_public",
        "universite",
        "epl",
    ),
}

KINDS: Mapping[str, tuple[Kind, ...]] = {
    "financement": ("autre",),  # money, without a word on how it is given
    "subvention": ("subvention",),
    "prêt": ("pret",),
    "avantage fiscal": ("autre",),
    "assistance": ("ingenierie",),
    "conseil": ("ingenierie",),
    "étude": ("ingenierie",),
    "formation": ("ingenierie",),
    "information": ("ingenierie",),
}

# The schema's own example writes names without quotes and apostrophes for quotes, which is no JSON.
_HOLDER = re.compile(r"\{([^{}]*)\}")
_HOLDER_NAME = re.compile(r"""['"]?nom['"]?\s*:\s*(?:"([^"]*)"|'(.*?)'(?=\s*(?:,\s*['"]?\w+['"]?\s*:|$)))""")


class DispositifAideSpider(DeclaredSpider):
    """Every row of the file that the schema allows."""

    name = "dispositif_aide"

    def read(self, response: Response) -> Iterator[Request | FundingCall]:
        for row in self._rows(response.body):
            yield from self.once(self.readable(row, self.parse_row))

    def _rows(self, body: bytes) -> Iterator[dict[str, str]]:
        text = self._decoded(body).replace(NUL, "")
        header = text.partition("\n")[0]
        delimiter = max(",;", key=header.count)
        rows = csv.DictReader(
            io.StringIO(text, newline=""), delimiter=delimiter, strict=True, restkey=REST, restval=NUL
        )
        if gone := sorted(set(REQUIRED) - {name.strip() for name in rows.fieldnames or ()}):
            raise ValueError(f"the columns {', '.join(gone)} are missing: is it a dispositif-aide file?")
        try:
            yield from rows
        except csv.Error as error:
            raise ValueError(f"line {rows.line_num}: {error}") from None

    def _decoded(self, body: bytes) -> str:
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.remark("the file is not UTF-8; it was read as Windows-1252")
            return body.decode("cp1252")

    def parse_row(self, row: Mapping[str, str]) -> FundingCall:
        if REST in row or NUL in row.values():
            raise ValueError(
                "the line has not as many cells as there are columns: is the file cut, or a quote missing?"
            )
        if missing := [field for field in REQUIRED if not row[field].strip()]:
            raise ValueError(f"required and empty: {', '.join(missing)}")
        where = perimeter_of(row["eligibilite_geographique"], row.get("eligibilite_geographique_exclusions", ""))
        closes_at = self.deadline(row, "date_cloture")
        return FundingCall(
            source=self.name,
            reference=row["id"],
            title=one_line(row["titre"]),
            funders=_funders(row["porteurs"]) or (self.declaration.owner,),
            programme=" · ".join(_listed(row.get("programmes_parents", ""))) or None,
            description=_joined(plain_text(row.get("promesse")), plain_text(row["description"])),
            eligibility_text=plain_text(row["eligibilite"]),
            audiences=self.words("cibles", _listed(row["cibles"]), AUDIENCES),
            perimeter_scale=where.scale,
            perimeter_name=where.name,
            perimeter_codes=where.codes,
            kinds=self.words("types_aides", map(str.casefold, _listed(row["types_aides"])), KINDS),
            opens_on=self.day(row, "date_ouverture"),
            closes_at=closes_at,
            cut_offs=(closes_at,) if closes_at else (),
            url=web_address(row.get("url_source"), self.declaration.url, self.address),
        )


def _listed(written: str) -> list[str]:
    return [one_line(part) for part in written.split("|") if part.strip()]


def _joined(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _funders(written: str) -> tuple[str, ...]:
    """Those who pay; all who take part when the roles do not say who does."""
    holders = _holders(written)
    paying = [name for name, about in holders if "financeur" in about]
    return tuple(dict.fromkeys(one_line(name) for name in paying or [name for name, _ in holders]))


def _holders(written: str) -> list[tuple[str, str]]:
    """(name, all that is written of it), from JSON or from what the schema's example shows."""
    try:
        return [(holder["nom"], json.dumps(holder)) for holder in json.loads(written)]
    except (KeyError, TypeError, ValueError):
        found = ((_HOLDER_NAME.search(about), about) for about in _HOLDER.findall(written))
        return [(name[1] or name[2], about) for name, about in found if name]
