"""Aides-territoires as its API v1.8 answers: login, JWT, envelope, all the fields of an aid.

The rule kept here: the traps of the real portal are kept too. Unknown parameters are ignored without a
word, pages are capped at 100, and a query on a place gives what contains it and what lies in it.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from html import escape
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from chevalement.portals.faults import Fault

MAX_SIZE = 100

AUDIENCES = {
    "commune": "Communes",
    "epci": "Intercommunalités / Pays",
    "department": "Départements",
    "region": "Régions",
    "special": "Collectivités d'outre-mer à statuts particuliers",
    "association": "Associations",
    "private_person": "Particuliers",
    "farmer": "Agriculteurs",
    "private_sector": "Entreprises privées",
    "public_cies": "Entreprises publiques locales (Sem, Spl, SemOp)",
    "public_org": "Établissements publics (écoles, bibliothèques…) / Services de l'État",
    "researcher": "Recherche",
}
TYPES = {
    "grant": "Subvention",
    "loan": "Prêt",
    "recoverable_advance": "Avance récupérable",
    "cee": "Certificat d'économie d'énergie (CEE)",
    "other": "Autre aide financière",
    "technical_engineering": "Ingénierie technique",
    "financial_engineering": "Ingénierie financière",
    "legal_engineering": "Ingénierie Juridique / administrative",
}
STEPS = {
    "preop": "Réflexion / conception",
    "op": "Mise en œuvre / réalisation",
    "postop": "Usage / valorisation",
}
DESTINATIONS = {"investment": "Dépenses d'investissement", "supply": "Dépenses de fonctionnement"}
RECURRENCES = {"oneoff": "Ponctuelle", "ongoing": "Permanente", "recurring": "Récurrente"}

Sample = Mapping[str, Any]


class AidesTerritoiresPortal:
    """The handlers of one portal; the server counts and routes."""

    def __init__(
        self,
        aids: Sequence[Sample],
        *,
        perimeters: Mapping[str, Sample],
        today: Callable[[], date],
        token: str,
        flaky: bool,
        faults: frozenset[Fault],
    ) -> None:
        self._samples = aids
        self._perimeters = perimeters
        self._today = today
        self._token = token
        self._faults = faults
        self._refusals_due = 1 if flaky else 0

    async def login(self, request: web.Request) -> web.Response:
        """POST connexion/: the API token against a JWT of one day."""
        given = request.headers.get("X-AUTH-TOKEN", "")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return web.json_response({"message": "Invalid API token"}, status=401)
        return web.json_response({"token": self._jwt()})

    async def aids(self, request: web.Request) -> web.Response:
        """GET aids/: the live aids, by pages."""
        if (refusal := self._refusal(request)) is not None:
            return refusal
        codes = request.query.getall("perimeter_codes[]", [])
        found = [aid for aid in self._samples if self._is_live(aid) and self._concerns(aid, codes)]
        size = min(MAX_SIZE, _number(request, "itemsPerPage", _number(request, "size", 50)))
        page = _number(request, "page", 1)
        rows = [self._row(aid) for aid in found[(page - 1) * size : page * size]]
        if Fault.MISSING_ROW in self._faults:
            rows = rows[:-1]
        return web.json_response(
            {
                "count": len(found),
                "previous": _neighbour(request, page - 1, size, len(found)),
                "next": _neighbour(request, page + 1, size, len(found)),
                "results": rows,
            }
        )

    def _refusal(self, request: web.Request) -> web.Response | None:
        given = request.headers.get("Authorization", "")
        valid = hmac.compare_digest(given.encode(), f"Bearer {self._jwt()}".encode())
        if valid and self._refusals_due:
            self._refusals_due -= 1
            valid = False
        if valid and Fault.REFUSED_JWT not in self._faults:
            return None
        message = "Invalid JWT Token" if given else "JWT Token not found"
        return web.json_response({"code": 401, "message": message}, status=401)

    def _jwt(self) -> str:
        """Three parts as in RFC 7519, valid for the day shown by the clock."""
        claims = {"sub": "watch", "day": self._today().isoformat()}
        head, body = (_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        signed = hmac.new(self._token.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
        return f"{head}.{body}.{_base64(signed)}"

    def _is_live(self, aid: Sample) -> bool:
        """The portal's own rule: no deadline, or not passed, or permanent."""
        closes = aid["closes_in"]
        return closes is None or closes >= 0 or aid["recurrence"] == "ongoing"

    def _concerns(self, aid: Sample, codes: Sequence[str]) -> bool:
        """Containing or contained: codes of communes begin with the code of their department."""
        covered = self._perimeters[aid["perimeter"]]["codes"]
        if not codes or "*" in covered:
            return True
        return any(code.startswith(own) or own.startswith(code) for code in codes for own in covered)

    def _row(self, aid: Sample) -> dict[str, Any]:
        row = _who_and_what(aid) | self._where_and_when(aid) | _how_much(aid)
        if Fault.GONE_FIELD in self._faults:
            del row["submission_deadline"]
        return row

    def _where_and_when(self, aid: Sample) -> dict[str, Any]:
        changed = (self._today() - timedelta(days=9)).isoformat()
        return {
            "perimeter": aid["perimeter"],
            "perimeter_scale": self._perimeters[aid["perimeter"]]["scale"],
            "perimeter_id": 1 + list(self._perimeters).index(aid["perimeter"]),
            "mobilization_steps": [STEPS[step] for step in aid["steps"]],
            "start_date": self._day(aid["opens_in"]),
            "predeposit_date": self._day(aid["predeposit_in"]),
            "submission_deadline": self._day(aid["closes_in"]),
            "recurrence": RECURRENCES[aid["recurrence"]],
            "date_created": f"{changed}T08:00:00+00:00",
            "date_updated": f"{changed}T08:00:00+00:00",
            "is_live": True,
        }

    def _day(self, days: int | None) -> str | None:
        return None if days is None else (self._today() + timedelta(days=days)).isoformat()


def _who_and_what(aid: Sample) -> dict[str, Any]:
    return {
        "id": aid["id"],
        "slug": aid["slug"],
        "url": f"/aides/{aid['slug']}/",
        "name": aid["name"],
        "name_initial": aid["name_initial"],
        "short_title": None,
        "financers": aid["financers"],
        "financers_full": _full(aid["financers"]),
        "instructors": aid["instructors"],
        "instructors_full": _full(aid["instructors"]),
        "programs": aid["programs"],
        "description": _html(aid["description"]),
        "eligibility": _html(aid["eligibility"]),
        "origin_url": aid["source_url"],
        "application_url": None,
        "categories": aid["categories"],
        "is_call_for_project": aid["call"],
        "targeted_audiences": [AUDIENCES[slug] for slug in aid["audiences"]],
        "contact": "",
        "project_examples": "",
        "project_references": [],
        "european_aid": aid["european"],
        "import_data_url": None,
        "import_data_mention": None,
        "import_share_licence": "unknown",
    }


def _how_much(aid: Sample) -> dict[str, Any]:
    return {
        "aid_types": [TYPES[slug] for slug in aid["types"]],
        "aid_types_full": [_full_type(slug) for slug in aid["types"]],
        "is_charged": False,
        "destinations": [DESTINATIONS[slug] for slug in aid["destinations"]],
        "subvention_rate_lower_bound": aid["rate"][0],
        "subvention_rate_upper_bound": aid["rate"][1],
        "subvention_comment": aid["rate_comment"] or None,
        "loan_amount": aid["loan"],
        "recoverable_advance_amount": aid["advance"],
    }


def _full(names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"id": number, "name": name, "logo": None} for number, name in enumerate(names, start=1)]


def _full_type(slug: str) -> dict[str, Any]:
    technical = slug.endswith("_engineering")
    group = {"id": 2, "name": "Aide en ingénierie"} if technical else {"id": 1, "name": "Aide financière"}
    return {"id": 1 + list(TYPES).index(slug), "name": TYPES[slug], "group": group}


def _html(text: str) -> str:
    """The sample is plain; the portal gives HTML, unless the sample already is."""
    if not text or text.startswith("<"):
        return text
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in text.split("\n"))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(request: web.Request, name: str, default: int) -> int:
    written = request.query.get(name, "")
    return max(1, int(written)) if written.isdigit() else default


def _neighbour(request: web.Request, page: int, size: int, count: int) -> str | None:
    if page < 1 or (page - 1) * size >= count:
        return None
    others = [(name, value) for name, value in request.query.items() if name != "page"]
    return f"{request.url.origin()}{request.path}?{urlencode([*others, ('page', str(page))])}"
