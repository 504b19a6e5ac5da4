"""From the name of a place to its official code, as Aides-territoires writes names and scales.

The rule kept here: a name that is not known gets no code, and the record keeps the name; to guess a code
would make a call of elsewhere look like ours. Codes of departments and regions: Code officiel géographique
(INSEE).
"""

import re
import unicodedata
from collections.abc import Mapping

from funding_watch.domain.call import Scale

SCALES: Mapping[str, Scale] = {
    "commune": "commune",
    "epci": "epci",
    "bassin hydrographique": "bassin",
    "departement": "departement",
    "region": "region",
    "metropole": "pays",  # mainland France, not a metropolitan authority
    "pays": "pays",
    "continent": "europe",
    "outre mer": "autre",
    "ad hoc": "autre",
}

REGIONS = """
01 Guadeloupe|02 Martinique|03 Guyane|04 La Réunion|06 Mayotte|11 Île-de-France|24 Centre-Val de Loire|
27 Bourgogne-Franche-Comté|28 Normandie|32 Hauts-de-France|44 Grand Est|52 Pays de la Loire|53 Bretagne|
75 Nouvelle-Aquitaine|76 Occitanie|84 Auvergne-Rhône-Alpes|93 Provence-Alpes-Côte d'Azur|94 Corse
"""

DEPARTMENTS = """
01 Ain|02 Aisne|03 Allier|04 Alpes-de-Haute-Provence|05 Hautes-Alpes|06 Alpes-Maritimes|07 Ardèche|
08 Ardennes|09 Ariège|10 Aube|11 Aude|12 Aveyron|13 Bouches-du-Rhône|14 Calvados|15 Cantal|16 Charente|
17 Charente-Maritime|18 Cher|19 Corrèze|2A Corse-du-Sud|2B Haute-Corse|21 Côte-d'Or|22 Côtes-d'Armor|
23 Creuse|24 Dordogne|25 Doubs|26 Drôme|27 Eure|28 Eure-et-Loir|29 Finistère|30 Gard|31 Haute-Garonne|
32 Gers|33 Gironde|34 Hérault|35 Ille-et-Vilaine|36 Indre|37 Indre-et-Loire|38 Isère|39 Jura|40 Landes|
41 Loir-et-Cher|42 Loire|43 Haute-Loire|44 Loire-Atlantique|45 Loiret|46 Lot|47 Lot-et-Garonne|48 Lozère|
49 Maine-et-Loire|50 Manche|51 Marne|52 Haute-Marne|53 Mayenne|54 Meurthe-et-Moselle|55 Meuse|56 Morbihan|
57 Moselle|58 Nièvre|59 Nord|60 Oise|61 Orne|62 Pas-de-Calais|63 Puy-de-Dôme|64 Pyrénées-Atlantiques|
65 Hautes-Pyrénées|66 Pyrénées-Orientales|67 Bas-Rhin|68 Haut-Rhin|69 Rhône|70 Haute-Saône|
71 Saône-et-Loire|72 Sarthe|73 Savoie|74 Haute-Savoie|75 Paris|76 Seine-Maritime|77 Seine-et-Marne|
78 Yvelines|79 Deux-Sèvres|80 Somme|81 Tarn|82 Tarn-et-Garonne|83 Var|84 Vaucluse|85 Vendée|86 Vienne|
87 Haute-Vienne|88 Vosges|89 Yonne|90 Territoire de Belfort|91 Essonne|92 Hauts-de-Seine|
93 Seine-Saint-Denis|94 Val-de-Marne|95 Val-d'Oise|971 Guadeloupe|972 Martinique|973 Guyane|
974 La Réunion|976 Mayotte
"""

BASINS = """
artois-picardie Artois-Picardie|rhin-meuse Rhin-Meuse|seine-normandie Seine-Normandie|
loire-bretagne Loire-Bretagne|adour-garonne Adour-Garonne|
rhone-mediterranee Rhône-Méditerranée|corse Corse
"""

COUNTRIES = "FR France|FR France métropolitaine|BE Belgique"
CONTINENTS = "EU Europe|EU Union européenne"

AD_HOC = """
bassin-minier Bassin minier du Nord et du Pas-de-Calais|
ftj-nord-pas-de-calais Nord et Pas-de-Calais (Fonds pour une transition juste)|
qpv Quartiers prioritaires de la politique de la ville|
littoral Communes littorales
"""

_PREFIX = re.compile(r"^(?:bassin hydrographique|bassin) (?:de l |du |de |d )?")


def _folded(name: str) -> str:
    """Without accents, capitals and punctuation: how names are compared."""
    bare = unicodedata.normalize("NFKD", name.replace("’", "'")).encode("ascii", "ignore").decode().casefold()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


def _table(written: str) -> dict[str, str]:
    pairs = (entry.strip().split(" ", 1) for entry in written.replace("\n", "").split("|") if entry.strip())
    return {_folded(name): code for code, name in pairs}


CODES: Mapping[Scale, Mapping[str, str]] = {
    "region": _table(REGIONS),
    "departement": _table(DEPARTMENTS),
    "bassin": _table(BASINS),
    "pays": _table(COUNTRIES),
    "europe": _table(CONTINENTS),
    "autre": _table(AD_HOC),
}


def scale_of(written: str | None) -> Scale:
    """Our scale for the one that the portal writes; "autre" for one never met."""
    return SCALES.get(_folded(written or ""), "autre")


def named(places: Mapping[str, str] | None) -> Mapping[str, str]:
    """The communes (INSEE) and EPCI (SIREN) of a territory, name → code, ready to be looked up."""
    return {_folded(name): code for name, code in (places or {}).items()}


def codes_of(scale: Scale, name: str | None, local: Mapping[str, str]) -> tuple[str, ...]:
    """The code of a named place, or nothing when the name is not known. `local` is made by `named`."""
    folded = _folded(name or "")
    table = local if scale in {"commune", "epci"} else CODES.get(scale, {})
    code = table.get(folded) or table.get(_PREFIX.sub("", folded))
    return (code,) if code else ()
