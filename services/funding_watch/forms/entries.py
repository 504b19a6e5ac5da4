"""The form of a call that somebody heard of, read into the watch's record; what cannot be read is said beside it.

The rule kept here: what is left empty stays unknown and is to check; nothing is put in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from funding_watch.domain.call import Audience, Expense, FundingCall, Kind, Recurrence
from funding_watch.domain.entered import SOURCE, Places, place_of
from funding_watch.domain.wording import day_words
from funding_watch.forms.fields import Errors, Typed, plain, read_day, read_euros

PARIS = ZoneInfo("Europe/Paris")
FIELDS = (
    *("titre", "financeurs", "adresse", "description", "conditions", "programme", "taux"),
    *("montant_min", "montant_max", "enveloppe", "ouverture", "echeance", "heure", "motif"),
)
"""Those that may be wrong, as they stand in the form."""
LONGEST = {"titre": 300, "financeurs": 500, "programme": 300, "adresse": 2_000, "description": 20_000}
LONGEST |= {"conditions": 20_000, "motif": 500}
DAYS = ("ouverture", "echeance")
SUMS = {"montant_min": "amount_min", "montant_max": "amount_max", "enveloppe": "envelope"}
CHOICES = {"pour": Audience, "nature": Kind, "depenses": Expense}
END_OF_DAY = time(23, 59)
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed, as a call, and how it was heard of or why it changes."""

    call: FundingCall
    reason: str


def read_entry(pairs: Pairs, reference: str, places: Places, today: date, before: FundingCall | None) -> Entry | Errors:
    """The call of a form; `before` is the one that it amends."""
    typed = {name: plain(value) for name, value in pairs}
    errors: dict[str, str] = {}
    _check_words(typed, errors, new=before is None)
    days = {name: _day(typed, name, errors) for name in DAYS}
    _check_days(days, errors, today, before)
    hour = _hour(typed, errors)
    numbers = {field: _euros(typed, name, errors) for name, field in SUMS.items()} | {"rate_max": _rate(typed, errors)}
    least, most = numbers["amount_min"], numbers["amount_max"]
    if least is not None and most is not None and least > most:
        errors["montant_max"] = "Le montant le plus haut est plus petit que le plus bas : échangez-les."
    if errors:
        return Errors({name: errors[name] for name in FIELDS if name in errors})
    closes_on = days["echeance"]
    scale, codes, name = places.get(typed.get("perimetre", ""), _elsewhere(before, places))
    call = FundingCall(
        source=SOURCE,
        reference=reference,
        perimeter_scale=scale,
        perimeter_codes=codes,
        perimeter_name=name,
        opens_on=days["ouverture"],
        closes_at=datetime.combine(closes_on, hour, PARIS) if closes_on else None,
        **_words(typed),
        **{field: tuple(_chosen(pairs, name, CHOICES[name])) for name, field in _FIELDS.items()},
        **numbers,
    )
    return Entry(call, typed.get("motif", ""))


def _words(typed: Typed) -> dict[str, Any]:
    return {
        "title": " ".join(typed["titre"].split()),
        "funders": tuple(" ".join(one.split()) for one in typed["financeurs"].split("\n") if one.strip()),
        "programme": typed.get("programme") or None,
        "description": typed["description"],
        "eligibility_text": typed.get("conditions", ""),
        "recurrence": _one(typed.get("periodicite", ""), Recurrence),
        "url": typed["adresse"],
    }


_FIELDS = {"pour": "audiences", "nature": "kinds", "depenses": "expenses"}


def typed_of(call: FundingCall, places: Places) -> dict[str, str | list[str]]:
    """The fields of the form as a call fills them."""
    local = call.closes_at.astimezone(PARIS) if call.closes_at else None
    words = {
        "titre": call.title,
        "financeurs": "\n".join(call.funders),
        "programme": call.programme or "",
        "adresse": call.url,
        "description": call.description,
        "conditions": call.eligibility_text,
        "perimetre": place_of(call, places),
        "ouverture": call.opens_on.isoformat() if call.opens_on else "",
        "echeance": local.date().isoformat() if local else "",
        "heure": f"{local:%H:%M}" if local and local.time() != END_OF_DAY else "",
        "periodicite": call.recurrence or "",
        "taux": _number(call.rate_max),
    }
    sums = {name: _number(getattr(call, field)) for name, field in SUMS.items()}
    return {**words, **sums, **{name: list(getattr(call, field)) for name, field in _FIELDS.items()}}


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _elsewhere(before: FundingCall | None, places: Places) -> Any:
    """A perimeter that the form cannot show is kept; where none is chosen it is to check."""
    if before and not place_of(before, places):
        return before.perimeter_scale, before.perimeter_codes, before.perimeter_name
    return "autre", (), ""


def _check_words(typed: Typed, errors: dict[str, str], *, new: bool) -> None:
    asked = {
        "titre": "Donnez le titre de l’appel.",
        "financeurs": "Dites qui finance : un organisme par ligne.",
        "description": "Dites ce que l’appel finance : c’est à ces mots que les besoins des projets sont comparés.",
        "motif": "Dites comment vous l’avez appris." if new else "Dites ce qui change et d’où vous le tenez.",
    }
    errors |= {name: words for name, words in asked.items() if not typed.get(name)}
    address = typed.get("adresse", "")
    if not _is_address(address):
        errors["adresse"] = (
            "Donnez une adresse qui commence par https:// : la page de l’appel, sinon celle du financeur."
        )
    for name, most in LONGEST.items():
        if len(typed.get(name, "")) > most:
            errors[name] = f"Ce texte a {len(typed[name])} caractères ; {most} au plus."


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(c.isspace() for c in text)


def _day(typed: Typed, name: str, errors: dict[str, str]) -> date | None:
    day = read_day(typed.get(name, ""))
    if isinstance(day, str):
        errors[name] = day
        return None
    if day and not 2000 <= day.year <= 2100:
        errors[name] = f"« {typed[name]} » : l’année est sans doute mal écrite."
    return day


def _check_days(days: dict[str, date | None], errors: dict[str, str], today: date, before: FundingCall | None) -> None:
    opens, closes = days["ouverture"], days["echeance"]
    if closes and opens and closes < opens:
        errors["echeance"] = f"L’échéance ({day_words(closes)}) précède l’ouverture ({day_words(opens)})."
    elif closes and closes < today and not (before and before.closes_on == closes):
        errors["echeance"] = f"Le {day_words(closes)} est passé : un appel clos n’est pas à saisir."


def _hour(typed: Typed, errors: dict[str, str]) -> time:
    written = typed.get("heure", "")
    if not written:
        return END_OF_DAY
    try:
        return time.fromisoformat(written.replace("h", ":")).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        errors["heure"] = f"« {written[:20]} » n’est pas une heure. Écrivez par exemple 12:00."
        return END_OF_DAY


def _euros(typed: Typed, name: str, errors: dict[str, str]) -> int | None:
    amount = read_euros(typed.get(name, ""))
    if isinstance(amount, str):
        errors[name] = amount
        return None
    return amount


def _rate(typed: Typed, errors: dict[str, str]) -> int | None:
    written = typed.get("taux", "").removesuffix("%").strip()
    if not written:
        return None
    if written.isascii() and written.isdecimal() and len(written) < 4 and 0 < int(written) <= 100:
        return int(written)
    errors["taux"] = f"« {written[:20]} » n’est pas un taux. Écrivez un nombre entier de 1 à 100."
    return None


def _one(value: str, among: Any) -> Any:
    return value if value in get_args(among) else None


def _chosen(pairs: Pairs, name: str, among: Any) -> list[Any]:
    asked = {value for field, value in pairs if field == name}
    return [value for value in get_args(among) if value in asked]
