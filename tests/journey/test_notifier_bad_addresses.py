"""A server that knows nobody at an address is asked no more; one that is only full is."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.journey.smtp_script import serving
from tests.notifier_story import World, a_world, contact, decided, preselected, submitted


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


async def a_receipt(world: World) -> UUID:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy)])
    return candidacy


async def test_an_address_that_nobody_has_is_written_to_no_more(world: World) -> None:
    candidacy = await a_receipt(world)
    async with serving(recipients=["550 5.1.1 inconnu"]) as server:
        await world.sender(server.port).pump()
        await world.hear(preselected(candidacy))
        await world.sender(server.port).pump()

    assert server.kept == []
    assert "corrigez-la" in ((await world.one("preselection")).last_error or "")


async def test_a_full_mailbox_is_written_to_again_and_mails_of_a_dossier_stand_together(world: World) -> None:
    candidacy = await a_receipt(world)
    async with serving(recipients=["552 5.2.2 boîte pleine"]) as server:
        await world.sender(server.port).pump()
        await world.hear_all([preselected(candidacy), decided(candidacy)])
        await world.sender(server.port).pump()

    assert {mail["References"] for mail in server.kept} == {f"<dossier.{candidacy.hex}@pole-artois.example>"}
    assert len(server.kept) == 2
