"""A call as the CommonGrants protocol tells it, so that others may search our catalogue with tools that exist.

The rule kept here: what a source does not say is left away, never filled; a doubt about a call is its status. The
names are the protocol's, amounts are decimal texts in euros, dates are days where the funder sits.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from funding_watch.domain.call import FundingCall

NAMESPACE = uuid.UUID("7d1c2f0e-52a4-5d0b-9a34-6d8f0a4b3c11")
"""Under it the identifier of a call is always the same."""

StatusValue = Literal["forecasted", "open", "custom", "closed"]
STATUSES: Mapping[str, StatusValue] = {
    "a_venir": "forecasted",
    "ouvert": "open",
    "permanent": "open",
    "clos": "closed",
}
APPLICANTS: Mapping[str, str] = {
    "commune": "government_municipal",
    "epci": "government_special_district",
    "syndicat_mixte": "government_special_district",
    "departement": "government_county",
    "region": "government_state",
    "universite": "higher_education_public",
    "particulier": "individual",
}
"""The protocol's words for legal forms; a form that it has no word for is a custom one under our own name."""


def identifier(key: str) -> uuid.UUID:
    """The protocol's identifier of a call."""
    return uuid.uuid5(NAMESPACE, key)


def status_value(call: FundingCall, now: datetime) -> StatusValue:
    """The protocol's status; `custom` is our « unconfirmed »."""
    return "custom" if call.presence == "non_confirme" else STATUSES[call.status_at(now)]


def opportunity(call: FundingCall, *, first_seen: datetime, changed: datetime, now: datetime) -> dict[str, Any]:
    """The opportunity as JSON-ready values, in the protocol's names."""
    found = {
        "id": str(identifier(call.key)),
        "title": call.title,
        "status": _status(call, now),
        "description": call.description,
        "funding": _funding(call),
        "keyDates": _dates(call),
        "source": call.url,
        "acceptedApplicantTypes": [_applicant(form) for form in call.audiences],
        "customFields": _custom(call),
        "createdAt": first_seen.isoformat(),
        "lastModifiedAt": changed.isoformat(),
    }
    return {name: value for name, value in found.items() if value not in (None, [], {})} | {
        "description": call.description
    }


def _status(call: FundingCall, now: datetime) -> dict[str, str]:
    value = status_value(call, now)
    if value == "custom":
        said = "La source ne montre plus cet appel depuis quatre lectures\u202f: il n’est pas clos pour autant."
        return {"value": value, "customValue": "unconfirmed", "description": said}
    return {"value": value}


def _funding(call: FundingCall) -> dict[str, Any]:
    amounts = {
        "totalAmountAvailable": call.envelope,
        "minAwardAmount": call.amount_min,
        "maxAwardAmount": call.amount_max,
    }
    found: dict[str, Any] = {name: money(amount) for name, amount in amounts.items() if amount is not None}
    if call.rate_max is not None:
        found["details"] = f"Taux\u202f: jusqu’à {call.rate_max}\u202f%"
    return found


def money(amount: int) -> dict[str, str]:
    """Whole euros as the protocol writes money."""
    return {"amount": str(amount), "currency": "EUR"}


def _dates(call: FundingCall) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if call.opens_on:
        found["postDate"] = _event("Ouverture", call.opens_on.isoformat())
    if call.closes_on:
        found["closeDate"] = _event("Date limite", call.closes_on.isoformat())
    days = sorted({call.local_day(at) for at in call.cut_offs} - {call.closes_on})
    if days:
        found["otherDates"] = {
            f"cutOff{number}": _event(f"Étape {number}", day.isoformat()) for number, day in enumerate(days, 1)
        }
    return found


def _event(name: str, day: str) -> dict[str, str]:
    return {"name": name, "eventType": "singleDate", "date": day}


def _applicant(form: str) -> dict[str, str]:
    value = APPLICANTS.get(form)
    return {"value": value} if value else {"value": "custom", "customValue": form}


def _custom(call: FundingCall) -> dict[str, Any]:
    texts = {"programme": call.programme, "eligibility": call.eligibility_text, "recurrence": call.recurrence}
    lists = {
        "funders": call.funders,
        "kinds": call.kinds,
        "expenses": call.expenses,
        "themes": call.themes,
        "perimeterCodes": call.perimeter_codes,
    }
    found: dict[str, Any] = {
        name: {"name": name, "fieldType": "string", "value": text} for name, text in texts.items() if text
    }
    found |= {
        name: {"name": name, "fieldType": "array", "value": list(values)} for name, values in lists.items() if values
    }
    return found | {"sourceKey": {"name": "sourceKey", "fieldType": "string", "value": call.key}}
