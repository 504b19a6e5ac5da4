"""Whatever is sent to any route of the four services is answered, never with a failure of ours, always in strict HTML.

The schema is made of the routes themselves, so that a new one is tried without being told; schemathesis makes up paths,
queries and forms. `CHEVALEMENT_EXAMPLES` says how many of each.
"""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
import schemathesis
from html5lib.html5parser import ParseError
from hypothesis import HealthCheck, given, settings
from schemathesis import Case

from kernel.contracts.registry import SERVICES
from kernel.runtime.auth import Role
from kernel.runtime.sessions import COOKIE
from kernel.runtime.web import SAFE
from tests.browser.conftest import serving
from tests.pages.whole_house import House, furnished, routes_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EXAMPLES = int(os.environ.get("CHEVALEMENT_EXAMPLES", "2"))
FIELDS = (
    *("titre", "resume", "budget", "courriel", "motif", "jeton", "themes", "plan-0-montant", "besoin-0-debut"),
    *("message", "date", "note", "code", "raison", "decision", "geste", "dossier", "ajouter", "retirer", "garder"),
    *("prendre", "confirme", "closes_at", "opens_at", "quota", "role", "fonction"),
)
QUERIES = (
    *("cle", "page", "q", "theme", "epci", "forme", "etat", "fait", "vue", "tri", "section", "code", "colonnes"),
    "compare",
)
WHO: list[tuple[str, Role | None]] = [
    *((name, role) for name in SERVICES for role in (None, "staff")),
    ("intake", "applicant"),
    ("scoring", "expert"),
]  # fmt: skip
LEFT_OUT = {"/static", "/sortir"}
"""Files, and what would end the session under way."""
TEXT = {"type": "string"}
DOSE = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as made:
        for service in made.services.values():
            service.app.state.pace.generosity = 0
        yield made


def operation(house: House, method: str, path: str) -> dict[str, Any]:
    """A route as OpenAPI has it: paths about what exists or about anything, queries and a form of known names."""
    named = re.findall(r"{(\w+)(?::\w+)?}", path)
    known = [str(house.mine.candidacy_id), str(house.other.candidacy_id), str(house.delivery), "transition", "projet"]
    any_of = {"anyOf": [{"enum": known}, {"type": "string", "minLength": 1, "maxLength": 60}]}
    parameters = [{"name": name, "in": "path", "required": True, "schema": any_of} for name in named]
    parameters += [{"name": name, "in": "query", "schema": TEXT} for name in QUERIES]
    found: dict[str, Any] = {"parameters": parameters, "responses": {"default": {"description": "any"}}}
    if method not in SAFE:
        form = {"type": "object", "properties": dict.fromkeys(FIELDS, TEXT), "additionalProperties": False}
        kind = "application/json" if method == "PUT" or "search" in path else "application/x-www-form-urlencoded"
        found["requestBody"] = {"content": {kind: {"schema": form}}}
    return found


def schema_of(house: House, name: str) -> Any:
    """What schemathesis reads."""
    paths: dict[str, Any] = {}
    for method, path in sorted(routes_of(house.services[name])):
        if path not in LEFT_OUT and method in {"GET", "POST", "PUT", "DELETE"}:
            plain = re.sub(r"{(\w+):\w+}", r"{\1}", path)
            paths.setdefault(plain, {})[method.lower()] = operation(house, method, path)
    return schemathesis.openapi.from_dict({"openapi": "3.1.0", "info": {"title": name, "version": "1"}, "paths": paths})


@pytest.mark.parametrize(("name", "role"), WHO)
async def test_no_route_fails_whatever_it_is_sent(house: House, name: str, role: Role | None) -> None:
    cookies = {COOKIE: house.cookies[role]} if role else {}
    wrong: list[str] = []

    def tried(case: Case, base: str) -> None:
        answer = case.call(base_url=base, cookies=cookies, allow_redirects=False, timeout=30)
        if answer.status_code >= 500 and answer.status_code != 503:
            wrong.append(f"{answer.status_code} {case.as_curl_command()}")
        elif "text/html" in answer.headers.get("content-type", [""])[0] and answer.content:
            try:
                html5lib.HTMLParser(strict=True).parse(answer.text)
            except ParseError as error:
                wrong.append(f"{error} {case.as_curl_command()}")

    with serving(house.services[name].app) as base:
        for found in schema_of(house, name).get_all_operations():
            test = given(case=found.ok().as_strategy())(lambda case: tried(case, base))
            settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))(
                test
            )()
    assert not wrong, "\n".join(sorted(set(wrong))[:20])
