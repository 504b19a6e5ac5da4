"""The catalogue as files that others can open: CSV, ODS, JSON, and the national schema `dispositif-aide` v0.2.0.

The rule kept here: a cell never runs as a formula in a spreadsheet, and a row that the national schema would refuse is
left out and counted, never filled with a guess.
"""

import csv
import io
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from odfdo import Cell, Document, Row, Table

from funding_watch.domain.call import FundingCall
from funding_watch.domain.facts import Kept

COLUMNS = (
    "source",
    "source_ref",
    "title",
    "status",
    "opens",
    "deadlines",
    "funders",
    "programme",
    "audiences",
    "kinds",
    "expenses",
    "themes",
    "recurrence",
    "amount_min",
    "amount_max",
    "rate_min",
    "rate_max",
    "envelope",
    "language",
    "url",
    "first_seen",
    "last_seen",
    "quarantined",
)
NUMBERS = frozenset(["amount_min", "amount_max", "rate_min", "rate_max", "envelope"])
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for the beginning of a formula."""

SCHEMA = (
    "id",
    "titre",
    "promesse",
    "description",
    "eligibilite",
    "types_aides",
    "porteurs",
    "programmes_parents",
    "url_source",
    "cibles",
    "eligibilite_geographique",
    "eligibilite_geographique_exclusions",
    "date_ouverture",
    "date_cloture",
    "date_mise_a_jour",
)
PUBLIC = frozenset(["commune", "epci", "syndicat_mixte", "departement", "region", "etablissement_public", "universite"])
BUSINESS = frozenset(["entreprise", "entreprise_sociale", "societe_citoyenne", "agriculteur", "epl"])
AREAS: Mapping[str, str] = {"commune": "COM", "epci": "EPCI", "departement": "DEP", "region": "REG"}
KINDS: Mapping[str, str] = {
    "subvention": "subvention",
    "pret": "prêt",
    "avance": "financement",
    "cee": "financement",
    "ingenierie": "assistance",
    "prix": "financement",
    "autre": "financement",
}
NAMESPACE = uuid.UUID("7d1c2f0e-52a4-5d0b-9a34-6d8f0a4b3c11")
"""Under it the identifier of a call is always the same."""
LONGEST = {"promesse": 180, "description": 5_000}


def as_json(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A list of the calls, as `calls --json` says them line by line."""
    return (json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n").encode()


def as_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """UTF-8 with its mark, so that spreadsheets of all kinds read the accents; lists are parted by « | »."""
    return _csv(COLUMNS, ([safe(_text(row[name])) for name in COLUMNS] for row in rows), "utf-8-sig")


def as_ods(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One sheet; amounts and rates are numbers, all else is text that no spreadsheet runs."""
    document = Document("spreadsheet")
    document.body.clear()
    table = Table("Appels")
    for line in ([dict(zip(COLUMNS, COLUMNS, strict=True))], rows):
        for row in line:
            written = Row()
            written.extend_cells([_ods_cell(name, row[name]) for name in COLUMNS])
            table.append_row(written)
    document.body.append(table)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _ods_cell(name: str, value: Any) -> Cell:
    if name in NUMBERS and isinstance(value, int):
        return Cell(value, cell_type="float")
    shown = "".join(character for character in _text(value) if character >= " ")
    return Cell(shown, cell_type="string")


def as_dispositif_aide(calls: Sequence[Kept]) -> tuple[bytes, int]:
    """The calls that a public body may answer, in the national schema; and how many the schema cannot hold.

    Those say neither who may apply nor where, or lack a text that the schema requires.
    """
    made = [_dispositif(one) for one in calls if _is_public(one.call)]
    rows = [[row[name] for name in SCHEMA] for row in made if row]
    return _csv(SCHEMA, rows, "utf-8"), len(calls) - len(rows)


def safe(text: str) -> str:
    """A text that no spreadsheet runs."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _is_public(call: FundingCall) -> bool:
    return bool(PUBLIC & set(call.audiences))


def _dispositif(one: Kept) -> dict[str, str] | None:
    call = one.call
    areas = _areas(call)
    if not (areas and call.description and call.eligibility_text and call.kinds and call.funders):
        return None
    holders = [{"nom": name, "roles": ["financeur"]} for name in call.funders]
    return {
        "id": str(uuid.uuid5(NAMESPACE, call.key)),
        "titre": call.title,
        "promesse": "",
        "description": call.description[: LONGEST["description"]],
        "eligibilite": call.eligibility_text,
        "types_aides": "|".join(dict.fromkeys(KINDS[kind] for kind in call.kinds)),
        "porteurs": json.dumps(holders, ensure_ascii=False),
        "programmes_parents": call.programme or "",
        "url_source": call.url,
        "cibles": "|".join(_targets(call)),
        "eligibilite_geographique": "|".join(areas),
        "eligibilite_geographique_exclusions": "",
        "date_ouverture": call.opens_on.isoformat() if call.opens_on else "",
        "date_cloture": call.closes_on.isoformat() if call.closes_on else "",
        "date_mise_a_jour": one.last_changed_at.date().isoformat(),
    }


def _targets(call: FundingCall) -> list[str]:
    groups = {
        "professionnels": BUSINESS,
        "particuliers": {"particulier"},
        "associations": {"association"},
        "secteur public": PUBLIC,
    }
    return [name for name, forms in groups.items() if set(call.audiences) & forms]


def _areas(call: FundingCall) -> list[str]:
    if call.perimeter_scale in {"pays", "europe"} and {"FR", "EU"} & set(call.perimeter_codes):
        return ["PAYS-99100"]
    area = AREAS.get(call.perimeter_scale)
    return [f"{area}-{code}" for code in call.perimeter_codes] if area else []


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]], encoding: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return " | ".join(map(str, value)) if isinstance(value, list) else str(value)
