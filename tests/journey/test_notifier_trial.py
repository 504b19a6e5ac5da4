"""An installation that is tried out: every mail to one address, or to those of a list and to nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from kernel.runtime.settings import Settings
from notifier.domain.states import State
from notifier.mail.trial import Trial
from tests.journey.smtp_script import serving
from tests.notifier_story import ADDRESS, World, a_world, contact, submitted


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


async def sent_by(world: World, trial: Trial) -> list[tuple[str, str]]:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy)])
    async with serving() as server:
        sender = world.sender(server.port)
        sender.trial = trial
        await sender.pump()
    return [(mail["To"], mail["Subject"]) for mail in server.kept]


async def test_a_rehearsal_goes_to_one_address_and_says_whom_it_was_for(world: World) -> None:
    ((to, subject),) = await sent_by(world, Trial(everything_to="essai@pole.example"))

    assert to == "essai@pole.example"
    assert subject.startswith("[Répétition, pour t…@saint-exemple.example] Dossier nᵒ")
    assert (await world.one("accuse_reception")).state is State.ENVOYE


@pytest.mark.parametrize("listed", [ADDRESS, "saint-exemple.example"])
async def test_who_is_on_the_list_is_written_to(world: World, listed: str) -> None:
    assert [to for to, _ in await sent_by(world, Trial(only=frozenset({listed})))] == [ADDRESS]


async def test_who_is_not_on_the_list_is_not_and_it_is_said(world: World) -> None:
    assert await sent_by(world, Trial(only=frozenset({"exemple.example"}))) == []
    failed = await world.one("accuse_reception")
    assert failed.state is State.ECHEC
    assert "CHEVALEMENT_MAIL_ONLY" in (failed.last_error or "")


def test_the_list_is_read_from_the_settings(tmp_path: Path) -> None:
    settings = Settings.load(data=tmp_path, mail_only=" @Pole.example, chef@ici.example ,")
    assert Trial.of(settings).only == {"pole.example", "chef@ici.example"}
