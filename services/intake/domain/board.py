"""The preselection board helps people to choose and chooses nothing: what is there, what lacks, how a choice balances.

A what-if selection is a list of dossiers under a name. It changes no dossier and tells nobody anything.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from intake.domain.dossier import Candidacy, Dossier


@dataclass(frozen=True, slots=True)
class Eligible:
    """Everything that the rules ask for is there."""


@dataclass(frozen=True, slots=True)
class ToCheck:
    """Somebody must look: what is missing or unusual."""

    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotEligible:
    """A rule of the label says no, and which."""

    reasons: tuple[str, ...]


Screening = Eligible | ToCheck | NotEligible


def screen(candidacy: Candidacy, territory: Collection[str]) -> Screening:
    """What the rules say of a candidacy; `territory` are the INSEE codes of the label's communes."""
    dossier = candidacy.dossier
    if dossier.project.commune_code not in territory:
        return NotEligible((f"{dossier.project.commune_name} n’est pas dans le territoire du label",))
    missing = []
    if dossier.identifier is None:
        missing.append("le numéro SIRET, SIREN ou RNA n’est pas donné")
    if candidacy.state == "hors_delai":
        missing.append("dossier reçu hors délai : à décider d’abord")
    return ToCheck(tuple(missing)) if missing else Eligible()


@dataclass(frozen=True, slots=True)
class Completeness:
    """Which parts that a reader looks for are filled, and which are not, in the order of the dossier."""

    filled: tuple[str, ...]
    empty: tuple[str, ...]

    @property
    def percent(self) -> int:
        return round(100 * len(self.filled) / (len(self.filled) + len(self.empty)))


PARTS: tuple[tuple[str, Callable[[Dossier], object]], ...] = (
    ("description", lambda d: d.project.description),
    ("thèmes", lambda d: d.project.themes),
    ("numéro du porteur", lambda d: d.identifier),
    ("partenaires", lambda d: d.partners),
    ("chiffres clés", lambda d: d.key_figures),
    ("calendrier", lambda d: d.calendar),
    ("budget", lambda d: d.project.budget is not None),
    ("plan de financement", lambda d: d.project.plan),
    ("besoins", lambda d: d.project.needs),
    ("grille", lambda d: d.grid),
    ("documents", lambda d: d.documents),
)


def completeness(dossier: Dossier) -> Completeness:
    """What a reader will find, and will not."""
    filled = tuple(name for name, part in PARTS if part(dossier))
    return Completeness(filled, tuple(name for name, _ in PARTS if name not in filled))


@dataclass(frozen=True, slots=True)
class Selection:
    """A what-if: a name and the dossiers it would keep."""

    id: UUID
    wave_id: UUID
    name: str
    by: str
    picks: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Share:
    """How many dossiers of a kind were received, and how many each selection keeps."""

    code: str
    received: int
    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """The same choice seen by agglomeration, by theme, by kind of porteur; the most frequent first."""

    epcis: tuple[Share, ...]
    themes: tuple[Share, ...]
    forms: tuple[Share, ...]


def balance(candidacies: Sequence[Candidacy], selections: Sequence[Selection]) -> Balance:
    """How each selection spreads over what was received."""

    def shares(codes: Callable[[Candidacy], Iterable[str]]) -> tuple[Share, ...]:
        received = Counter(code for one in candidacies for code in codes(one))
        kept = [Counter(c for one in candidacies if one.id in s.picks for c in codes(one)) for s in selections]
        order = sorted(received, key=lambda code: (-received[code], code))
        return tuple(Share(code, received[code], tuple(count[code] for count in kept)) for code in order)

    return Balance(
        epcis=shares(lambda one: (one.dossier.project.epci_code,)),
        themes=shares(lambda one: one.dossier.project.themes),
        forms=shares(lambda one: (one.dossier.project.porteur_form,)),
    )
