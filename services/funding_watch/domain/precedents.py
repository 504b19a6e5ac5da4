"""Who near here obtained such an aid, and how much: told beside a call, never a promise, never required.

The rule kept here: a precedent is a public fact with its source; only organisations are kept, and a line that cannot
be read is counted and left out, not guessed.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from funding_watch.domain.call import FundingCall
from funding_watch.domain.words import folded, words_of

COLUMNS = ("code_commune", "nom_commune", "nom_demarche_ds", "nom_du_projet", "nom_beneficiaire_principal")
SHOWN = 6
PROGRAMME = "Fonds vert"
_CODE = re.compile(r"(?:\d{2}|2[AB])\d{3}")


@dataclass(frozen=True, slots=True)
class Precedent:
    """A project that was paid for; `amount` in whole euros."""

    reference: str
    programme: str
    measure: str
    project: str
    beneficiary: str
    commune_code: str
    commune: str
    amount: int


@dataclass(frozen=True, slots=True)
class Read:
    """What a file held; `wrong` are its lines (from 2) that could not be read, and why."""

    found: tuple[Precedent, ...]
    wrong: tuple[tuple[int, str], ...]


def read_national_file(text: str, programme: str = PROGRAMME) -> Read:
    """The national open file of the projects that the Fonds vert paid for. Raises ValueError for another file."""
    sample = text.split("\n", 1)[0]
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=";" if ";" in sample else ",")
    missing = [name for name in (*COLUMNS, "montant_engage") if name not in (rows.fieldnames or ())]
    if missing:
        raise ValueError(f"this is not the file of funded projects: it has no column {', '.join(missing)}")
    found: dict[str, Precedent] = {}
    wrong: list[tuple[int, str]] = []
    for number, row in enumerate(rows, 2):
        try:
            one = _precedent({name: (value or "").strip() for name, value in row.items() if name}, programme)
        except ValueError as error:
            wrong.append((number, str(error)))
        else:
            found[one.reference] = one
    return Read(tuple(found.values()), tuple(wrong))


def _precedent(row: dict[str, str], programme: str) -> Precedent:
    if not _CODE.fullmatch(row["code_commune"]):
        raise ValueError(f"code_commune is {row['code_commune']!r}, not an INSEE code")
    if not row["nom_du_projet"] or not row["nom_beneficiaire_principal"]:
        raise ValueError("it names no project or no beneficiary")
    amount = _euros(row["montant_engage"])
    reference = row.get("numero_dossier_ds") or f"{row['code_commune']}:{folded(row['nom_du_projet'])}:{amount}"
    return Precedent(
        reference,
        programme,
        row["nom_demarche_ds"],
        row["nom_du_projet"],
        row["nom_beneficiaire_principal"],
        row["code_commune"],
        row["nom_commune"],
        amount,
    )


def _euros(text: str) -> int:
    tight = re.sub(r"[\s\u00a0\u202f€]", "", text).replace(",", ".")
    if not re.fullmatch(r"\d{1,12}(\.\d{1,2})?", tight, re.ASCII):
        raise ValueError(f"montant_engage is {text!r}, not an amount in euros")
    amount = int(float(tight))
    if amount <= 0:
        raise ValueError(f"montant_engage is {text!r}: nothing was paid")
    return amount


def alike(call: FundingCall, known: Sequence[Precedent], communes: Iterable[str] = ()) -> list[Precedent]:
    """The precedents that the call reminds of: the same programme, or the words of its title; near ones first."""
    near, told = set(communes), folded(f"{call.title} {call.programme or ''}")
    ours = {word.stem for word in words_of(f"{call.title} . {call.programme or ''}")}
    scored = []
    for one in known:
        shared = len(ours & {word.stem for word in words_of(f"{one.measure} . {one.project}")})
        measure = {word.stem for word in words_of(one.measure)}
        is_same = bool(measure) and measure <= ours
        if is_same or folded(one.programme) in told or shared >= 2:
            scored.append((-2 * is_same - shared, one.commune_code not in near, -one.amount, one.reference, one))
    return [one for *_, one in sorted(scored, key=lambda line: line[:4])][:SHOWN]
