"""Nothing that reaches a person travels but in `intake.contact.*`: no field for it, and no address in any example."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from kernel.contracts.registry import CONTRACTS, Contract

PERSON = re.compile(
    r"(.*_)?(e?mail|courriel|phone|telephone|mobile|address|adresse|first_?name|last_?name|surname|prenom|birth\w*|ip"
    r"|iban|token|password|cookie|user_?agent)"
)
"""Names of fields that would reach somebody, or open a door in their name."""
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
PHONE = re.compile(r"(?<![\w-])(?:\+33|0)\s?[1-9](?:[\s.]?\d\d){4}(?![\w-])")
MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[\w.-]+>")


def fields(schema: Mapping[str, Any]) -> Iterator[str]:
    """The names of all fields of a schema, of what it nests too."""
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part.get("properties", {})


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.event.subject())
def test_no_event_has_a_field_that_reaches_a_person(contract: Contract) -> None:
    found = [name for name in fields(contract.event.model_json_schema()) if PERSON.fullmatch(name)]
    assert not found or contract.event.type.startswith("intake.contact."), found


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.event.subject())
def test_no_example_names_anybody(contract: Contract) -> None:
    body = MESSAGE_ID.sub("", json.dumps(json.loads(contract.example.read_text(encoding="utf-8")), ensure_ascii=False))
    allowed = contract.event.type.startswith("intake.contact.")
    assert all(allowed and found.endswith(".example") for found in ADDRESS.findall(body)), ADDRESS.findall(body)
    assert not PHONE.search(body), PHONE.findall(body)


@pytest.mark.parametrize("name", ["email", "contact_email", "telephone", "ip", "sign_in_token", "first_name"])
def test_what_reaches_a_person_is_recognised(name: str) -> None:
    assert PERSON.fullmatch(name)
