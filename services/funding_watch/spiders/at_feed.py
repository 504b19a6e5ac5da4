"""Reads a JSON feed in the shape of Aides-territoires, as departments publish theirs (Manche, Drôme).

The rule kept here: these feeds fill some fields and leave the others away; what is away is to check, or is what the
declaration says. A page that announces more rows than the feed shows is not believed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response

from funding_watch.domain.call import Audience, FundingCall, Scale
from funding_watch.spiders import taxonomy
from funding_watch.spiders.amounts import stated_amounts
from funding_watch.spiders.base import MAX_PAGES, answer_of
from funding_watch.spiders.cog import Perimeter
from funding_watch.spiders.declared import DeclaredSpider
from funding_watch.spiders.perimeters import codes_of, scale_of
from funding_watch.spiders.text import one_line, plain_text, web_address

LISTS = ("aides", "results")

AUDIENCES: Mapping[str, tuple[Audience, ...]] = {
    **taxonomy.AUDIENCES,
    "EPCI à fiscalité propre": ("epci",),
    "Établissements publics (écoles, bibliothèques…)": ("etablissement_public", "universite"),
    "Particulier": ("particulier",),
    "Association": ("association",),
    "Collectivité ou établissement public": (
        "commune",
        "epci",
        "syndicat_mixte",
        "departement",
        "region",
        "etablissement_public",
        "universite",
    ),
}


class AtFeedSpider(DeclaredSpider):
    """`{count, aides | results, next?}`, or the bare list of aids."""

    name = "at_feed"

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.rows_met = 0

    def read(self, response: Response) -> Iterator[Request | FundingCall]:
        answer = answer_of(response)
        envelope = {"aides": answer} if isinstance(answer, list) else answer
        if not isinstance(envelope, dict):
            raise ValueError(f"neither a list of aids nor an envelope: {response.body[:100]!r}")
        rows = next((envelope[name] for name in LISTS if name in envelope), None)
        if not isinstance(rows, list):
            raise ValueError(f"no list of aids among {', '.join(sorted(envelope))}: expected aides or results")
        self.rows_met += len(rows)
        for row in rows:
            yield from self.once(self.readable(row, self.parse_aid))
        yield from self._next(response, envelope)

    def _next(self, response: Response, envelope: Mapping[str, Any]) -> Iterator[Request]:
        following, announced = envelope.get("next"), envelope.get("count")
        if not following:
            if isinstance(announced, int) and self.rows_met < announced:
                raise ValueError(f"{self.rows_met} rows where {announced} were announced")
            return
        self.remembered = None  # the first page may stay the same while another changes
        address = urljoin(response.url, following)
        if urlsplit(address).netloc != urlsplit(response.url).netloc:
            raise ValueError(f"next leads to {address}, on another server")
        if self.pages >= MAX_PAGES:
            raise ValueError(f"more than {MAX_PAGES} pages: the feed loops")
        if not self.first_page:
            yield self.ask(address, {})

    def parse_aid(self, aid: Mapping[str, Any]) -> FundingCall:
        where = self._perimeter(aid)
        closes_at = self.deadline(aid, "submission_deadline")
        cut_offs = {closes_at, self.deadline(aid, "predeposit_date")}
        (least, most), (rate_min, rate_max) = stated_amounts(_comment(aid)), _rates(aid)
        return FundingCall(
            source=self.name,
            reference=str(aid["id"]),
            title=one_line(aid["name"]),
            funders=_listed(aid.get("financers")) or (self.declaration.owner,),
            programme=" · ".join(_listed(aid.get("programs"))) or None,
            description=plain_text(aid.get("description")),
            eligibility_text="\n".join(filter(None, (plain_text(aid.get("eligibility")), _comment(aid)))),
            audiences=self.words("targeted_audiences", aid.get("targeted_audiences"), AUDIENCES),
            perimeter_scale=where.scale,
            perimeter_name=where.name,
            perimeter_codes=where.codes,
            kinds=self.words("aid_types", aid.get("aid_types"), taxonomy.KINDS),
            expenses=self.words("destinations", aid.get("destinations"), taxonomy.EXPENSES),
            themes=_listed(aid.get("categories")),
            opens_on=self.day(aid, "start_date"),
            closes_at=closes_at,
            cut_offs=tuple(sorted(at for at in cut_offs if at)),
            recurrence=taxonomy.RECURRENCES.get(aid.get("recurrence") or ""),
            rate_min=rate_min,
            rate_max=rate_max,
            amount_min=least,
            amount_max=most,
            url=web_address(aid.get("origin_url"), aid.get("application_url"), self.declaration.url),
        )

    def _perimeter(self, aid: Mapping[str, Any]) -> Perimeter:
        """A name that is a department's or a region's; else what the declaration says, under the name written."""
        name, declared = one_line(aid.get("perimeter")), self.declared_perimeter()
        written = aid.get("perimeter_scale")
        scales: tuple[Scale, ...] = (scale_of(written),) if written else ("departement", "region")
        for scale in scales:
            if codes := codes_of(scale, name, {}):
                return Perimeter(scale, codes, name)
        return declared if not name else Perimeter("autre", (), name)


def _comment(aid: Mapping[str, Any]) -> str:
    return one_line(aid.get("subvention_comment"))


def _listed(written: str | Sequence[str] | None) -> tuple[str, ...]:
    """A list where the feed writes one word, several, or nothing."""
    words = [written] if isinstance(written, str) else written or []
    return tuple(word for word in map(one_line, words) if word)


def _rates(aid: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """In order, and only what can be a percentage."""
    range_ = aid.get("subvention_rate") or {}
    bounds = range_ if isinstance(range_, dict) else {}
    low, high = (_percent(aid.get(f"subvention_rate_{end}_bound") or bounds.get(end)) for end in ("lower", "upper"))
    return (high, low) if low is not None and high is not None and low > high else (low, high)


def _percent(written: Any) -> int | None:
    return int(written) if isinstance(written, int | float) and 0 < written <= 100 else None
