"""The words of the exchange files in the codes of the domain.

The rule kept here: a word that is not known is left to check. It never becomes a yes, nor a no.
"""

import re
from collections.abc import Mapping, Sequence

from funding_watch.domain.call import Audience, Kind, Scale
from funding_watch.spiders import taxonomy
from funding_watch.spiders.perimeters import codes_of
from kernel.contracts.intake import NeedKind

FORMS: tuple[tuple[str, str], ...] = (
    (r"societe_citoyenne|scic|citoyenne", "societe_citoyenne"),
    (r"enseignement_superieur|universit|laboratoire|recherche", "universite"),
    (r"syndicat|pole_metropolitain|petr", "syndicat_mixte"),
    (r"epci|intercommunalit|agglomeration|communaute_", "epci"),
    (r"commune|ville|mairie", "commune"),
    (r"departement", "departement"),
    (r"region", "region"),
    (r"siae|entreprise_sociale|entreprise_insertion|cooperative", "entreprise_sociale"),
    (r"\bsem\b|\bspl\b|sem_|spl_|epl|publique_locale", "epl"),
    (r"association", "association"),
    (r"etablissement_public|ccas|hopital|office_public", "etablissement_public"),
    (r"entreprise|societe|sas\b|sarl\b", "entreprise"),
)
"""Pattern of a kind of porteur → our legal form; the first that is found counts."""

AUDIENCES: Mapping[str, tuple[Audience, ...]] = {
    "syndicat": ("syndicat_mixte",),
    "scic_ess": ("entreprise_sociale", "societe_citoyenne"),
    "sem_spl": ("epl",),
    "entreprise": ("entreprise", "entreprise_sociale", "societe_citoyenne"),
    "ccas": ("etablissement_public",),
    "ecole": ("etablissement_public",),
    "laboratoire_recherche": ("universite",),
    "siae": ("entreprise_sociale",),
    "amenageur": (),
    "bailleur_social": (),
    "organisme_formation": (),
    **{
        word: (word,)
        for word in (
            *("commune", "epci", "syndicat_mixte", "departement", "region", "etablissement_public", "universite"),
            *("association", "entreprise_sociale", "societe_citoyenne", "epl", "particulier", "agriculteur"),
        )
    },
    **taxonomy.AUDIENCES,
}
KINDS: Mapping[str, tuple[Kind, ...]] = {
    **{label.casefold(): kinds for label, kinds in taxonomy.KINDS.items()},
    "avance remboursable": ("avance",),
    "prix": ("prix",),
}
SCALES: Mapping[str, Scale] = {
    "commune": "commune",
    "epci": "epci",
    "departement": "departement",
    "bassin_hydrographique": "bassin",
    "bassin": "bassin",
    "region": "region",
    "national": "pays",
    "pays": "pays",
    "eu": "europe",
    "europe": "europe",
}
NATURES: tuple[tuple[str, NeedKind], ...] = (
    (r"invest|equip|équip|travaux", "investissement"),
    (r"fonction|animation|poste|recherche|développement", "fonctionnement"),
    (r"ing[ée]nierie|[ée]tude|montage", "ingenierie"),
    (r"expert|conseil", "expertise"),
    (r"communic", "communication"),
    (r"partenar", "partenariat"),
)
"""Pattern of a need's nature → our kind; the one that is named first counts."""
STAGES: tuple[tuple[str, str], ...] = (
    (r"exploitation|service|ouvert", "exploitation"),
    (r"travaux|chantier|r[ée]alisation", "travaux"),
    (r"montage|consultation", "montage"),
    (r"[ée]tude|conception|faisabilit", "etude"),
    (r"id[ée]e|r[ée]flexion|[ée]mergence", "idee"),
)
"""Pattern of a project's stage → our code."""
ZONES: tuple[tuple[str, str], ...] = (
    (r"bassin_minier|erbm", "bassin-minier"),
    (r"^ftj", "ftj-nord-pas-de-calais"),
    (r"qpv", "qpv"),
    (r"coeur_de_ville", "action-coeur-de-ville"),
    (r"petites_villes", "petites-villes-de-demain"),
    (r"^littoral", "littoral"),
)
"""Pattern of a zone → its slug."""


def form_of(written: str | None) -> str:
    """Our legal form, or the word itself where none is known: the checks then say that it is to be checked."""
    plain = (written or "").casefold()
    return next((form for pattern, form in FORMS if re.search(pattern, plain)), plain.strip())


def stage_of(written: str | None) -> str:
    """The stage of a project; the first that is named counts, empty where none is known."""
    plain = (written or "").casefold()
    found = [(match.start(), stage) for pattern, stage in STAGES if (match := re.search(pattern, plain))]
    return min(found)[1] if found else ""


def audiences_of(labels: Sequence[str]) -> tuple[Audience, ...]:
    """Who may apply; empty, which is to check, as soon as one label is not known."""
    if taxonomy.strangers(labels, AUDIENCES):
        return ()
    return taxonomy.ours(labels, AUDIENCES)


def kinds_of(labels: Sequence[str]) -> tuple[Kind, ...]:
    """The kinds of aid; one that is not known adds `autre`, so that nothing is refused on its account."""
    kinds = [kind for label in labels for kind in KINDS.get(label.strip().casefold().replace("’", "'"), ("autre",))]
    return tuple(dict.fromkeys(kinds))


def nature_of(written: str | None) -> NeedKind:
    """The kind of a need; money for an investment where nothing is said."""
    plain = (written or "").casefold()
    found = [(match.start(), kind) for pattern, kind in NATURES if (match := re.search(pattern, plain))]
    return min(found)[1] if found else "investissement"


def zones_of(written: Sequence[str]) -> frozenset[str]:
    """The slugs of the zones that are known."""
    return frozenset(slug for zone in written for pattern, slug in ZONES if re.search(pattern, zone.casefold()))


def region_code(written: str | None) -> str:
    """The INSEE code of a region given by its code or its name; empty where neither is known."""
    plain = (written or "").strip()
    return plain if re.fullmatch(r"\d{2}", plain) else next(iter(codes_of("region", plain, {})), "")


def perimeter(scale: str | None, codes: Sequence[str], raw: str | None) -> tuple[Scale, tuple[str, ...]]:
    """Scale and codes; names are looked up where the codes do not tell. No code is to check."""
    ours = SCALES.get((scale or "").casefold(), "autre")
    if ours == "autre":
        return ours, tuple(sorted(zones_of(codes)))
    known = tuple(code for code in codes if code != "autre")
    if known or not raw:
        return ours, known
    named = [codes_of(ours, name, {}) for name in raw.split(",")]
    return ours, () if not all(named) else tuple(code for found in named for code in found)
