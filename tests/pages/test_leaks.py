"""Secrets planted in the house are looked for on every page that each role can open."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from kernel.contracts.registry import SERVICES
from kernel.runtime.auth import Role
from tests.pages.test_access_list import ACCESS, address
from tests.pages.whole_house import CONTACT, GUEST, OTHER, PLAN, PLOT, PRIVATE, ROLES, House, furnished

JURORS: frozenset[Role | None] = frozenset({"staff", "partner", "expert"})
STAFF: frozenset[Role | None] = frozenset({"staff"})
NOBODY: frozenset[Role | None] = frozenset()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as made:
        yield made


def secrets_of(house: House) -> Mapping[str, frozenset[Role | None]]:
    """Each secret, and who may read it on some page."""
    return {
        CONTACT: STAFF,
        GUEST: STAFF,
        house.mine.key: NOBODY,
        house.other.key: frozenset({"applicant"}),
        house.token: NOBODY,
        PLOT: STAFF,
        PLAN: STAFF,
        PRIVATE: JURORS,
        str(house.mine.candidacy_id): JURORS,
        OTHER: frozenset({"staff", "applicant"}),  # the applicant of this house is that very contact
    }


async def seen_by(house: House, role: Role | None) -> dict[str, str]:
    """Every page that `role` can open, by its address: what is said and where it leads."""
    found = {}
    for name in SERVICES:
        for method, path in ACCESS[name]:
            if method != "GET":
                continue
            for receipt in (house.mine, house.other):
                where = address(house, path.replace("{candidacy_id}", str(receipt.candidacy_id)))
                answer = await house.ask(name, "GET", where, role)
                if not answer.headers.get("content-type", "").startswith("application/pdf"):
                    found[f"{name} {where}"] = f"{answer.text} {answer.headers}"
    return found


@pytest.mark.parametrize("role", ROLES)
async def test_no_page_shows_what_is_not_for_its_reader(house: House, role: Role | None) -> None:
    pages = await seen_by(house, role)
    asked = {str(house.mine.candidacy_id), str(house.other.candidacy_id)}
    leaks = [
        f"{secret} on {where}"
        for secret, readers in secrets_of(house).items()
        for where, text in pages.items()
        if secret in text and role not in readers and not (secret in asked and secret in where)
    ]
    assert not leaks, "\n".join(leaks)


@pytest.mark.parametrize(
    ("secret", "role"), [(CONTACT, "staff"), (GUEST, "staff"), (PLOT, "staff"), (PLAN, "staff"), (PRIVATE, "expert")]
)
async def test_the_walk_does_find_what_is_there(house: House, secret: str, role: Role) -> None:
    assert any(secret in text for text in (await seen_by(house, role)).values())


async def test_a_receipt_page_names_no_address(house: House) -> None:
    page = f"/candidatures/{house.mine.candidacy_id}/accuse?cle={house.mine.key}"
    for role in ROLES:
        text = (await house.ask("intake", "GET", page, role)).text
        assert CONTACT not in text and PRIVATE not in text
