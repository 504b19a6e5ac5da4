"""Reads ADEME's AGIR service: its calls for projects (AAP) and its standing aids (GAG).

The rule kept here: the list says how many aids it holds, and one that holds another number is not believed. The
credentials never follow a redirection. A regional aid whose regions cannot be read is to check, not national.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scrapy import Request
from scrapy.http import Response

from funding_watch.domain.call import Audience, FundingCall, Recurrence
from funding_watch.spiders.base import answer_of
from funding_watch.spiders.cog import NAMES, Perimeter, perimeter_of
from funding_watch.spiders.declared import DeclaredSpider
from funding_watch.spiders.perimeters import codes_of
from funding_watch.spiders.text import one_line, plain_text, web_address

PATH = "/r2da/listeDispositif"

AUDIENCES: Mapping[str, tuple[Audience, ...]] = {
    "SCA1": ("association",),
    "SCA2": (
        "commune",
        "epci",
        "syndicat_mixte",
        "departement",
        "region",
        "etablissement_public",
        "universite",
        "epl",
    ),
    "SCA3": ("entreprise", "entreprise_sociale", "societe_citoyenne"),
    "SCA4": ("universite",),
}

THEMES: Mapping[str, str] = {
    "ECO": "Écoconception",
    "ECD": "Économie circulaire et déchets",
    "ALIBIO": "Alimentation et biodéchets",
    "DEMTER": "Démarches territoriales",
    "PRODUR": "Production durable",
    "REEREP": "Réemploi et réparation",
    "TRIREC": "Tri et recyclage",
    "VALENR": "Valorisation énergétique",
    "ENR": "Énergie",
    "BOIBIO": "Bois et biomasse",
    "EFFENR": "Efficacité énergétique",
    "GEOTER": "Géothermie",
    "ENRAUT": "Autres énergies",
    "RECCHA": "Récupération de chaleur",
    "RESCHF": "Réseaux de chaleur et de froid",
    "SOLAIR": "Solaire",
    "MTR": "Mobilité et transport",
    "QUA": "Qualité de l’air",
    "SAF": "Sols, agriculture et forêt",
}

NATIONAL, REGIONAL = "1", "4"
KNOWN_TYPES: Mapping[str, Recurrence | None] = {"AAP": "ponctuelle", "GAG": None}


class AdemeAgirSpider(DeclaredSpider):
    """`client_id` and `client_secret`: what ADEME gives to those who ask for access."""

    name = "ademe_agir"

    def __init__(self, *, client_id: str = "", client_secret: str = "", **arguments: Any) -> None:
        super().__init__(**arguments)
        self.client_id, self.client_secret = client_id, client_secret
        self.address = self.address.rstrip("/") + PATH

    def begin_at(self, address: str) -> list[Request]:
        return super().begin_at(address.rstrip("/") + PATH)

    def secrets(self) -> Mapping[str, str]:
        return {"client_id": self.client_id, "client_secret": self.client_secret, "Accept": "application/json"}

    def read(self, response: Response) -> Iterator[Request | FundingCall]:
        envelope = answer_of(response)
        rows, announced = envelope["ListeDispositifs"], envelope["NbDispositif"]
        if envelope.get("success") is False:
            raise ValueError("the service says success: false")
        if len(rows) != announced:
            raise ValueError(f"{len(rows)} aids where {announced} were announced")
        for row in rows:
            yield from self.once(self.readable(row, self.parse_aid))

    def parse_aid(self, aid: Mapping[str, Any]) -> FundingCall:
        where = self._perimeter(aid)
        closes_at = self.deadline(aid, "date_fin")
        if aid["type"] not in KNOWN_TYPES:
            self.remark(f"type says {aid['type']!r}, which is not known yet")
        return FundingCall(
            source=self.name,
            reference=str(aid["id"]),
            title=one_line(aid["titre"]),
            funders=(self.declaration.owner,),
            description=plain_text(aid["description_longue"]),
            audiences=self.words("cible_projet", aid["cible_projet"], AUDIENCES),
            perimeter_scale=where.scale,
            perimeter_name=where.name,
            perimeter_codes=where.codes,
            themes=self._themes(aid["thematiques"]),
            opens_on=self.day(aid, "date_debut"),
            closes_at=closes_at,
            cut_offs=(closes_at,) if closes_at else (),
            recurrence=KNOWN_TYPES.get(aid["type"]),
            # "https: //…" was met: an address holds no space
            url=web_address("".join((aid["url_agir"] or "").split()), self.declaration.url),
        )

    def _themes(self, codes: Sequence[str] | None) -> tuple[str, ...]:
        for code in codes or ():
            if code not in THEMES:
                self.remark(f"thematiques says {code!r}, which is not known yet")
        return tuple(dict.fromkeys(THEMES[code] for code in codes or () if code in THEMES))

    def _perimeter(self, aid: Mapping[str, Any]) -> Perimeter:
        covered = aid["couverture_geo"] or {}
        label = one_line(covered.get("libelle"))
        if covered.get("code") == NATIONAL:
            return perimeter_of("PAYS-99100")
        codes = [_region(region) for region in aid["regions"] or ()]
        if covered.get("code") == REGIONAL and codes and all(codes):
            return perimeter_of("|".join(f"REG-{code}" for code in codes))
        self.remark(f"couverture_geo {covered} with regions {aid['regions']}: the perimeter is to check")
        return Perimeter("autre", (), label)


def _region(written: Any) -> str:
    """The code of a region written as a code, as a name, or as an object that holds either; "" when unknown."""
    words = [str(word) for word in written.values()] if isinstance(written, dict) else [str(written)]
    for word in words:
        if f"REG-{word}" in NAMES:
            return word
        if codes := codes_of("region", word, {}):
            return codes[0]
    return ""
