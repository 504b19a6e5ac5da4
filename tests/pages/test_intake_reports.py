"""The report of an erasure opens to the key that was mailed, for thirty days, and names nobody."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from intake.domain.retention import REPORTS
from intake.handlers import erasures
from kernel.contracts import notifier, scoring
from kernel.contracts.intake_people import ErasureReported
from kernel.runtime.clock import FixedClock
from tests.intake_story import NOW, STAFF
from tests.pages.whole_house import OTHER, House, furnished


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as made:
        yield made


async def erased(house: House) -> ErasureReported:
    """The porteur of the second dossier, erased at their demand; gives what is mailed to them."""
    async with house.intake.work() as work:
        erasure = await erasures.order(work, OTHER, "Demande du 3 mars", STAFF)
    async with house.intake.engine.connect() as connection:
        query = text("SELECT body FROM outbox WHERE subject = :subject")
        body = (await connection.execute(query, {"subject": ErasureReported.subject()})).scalar_one()
    told = ErasureReported.model_validate_json(body)
    assert told.erasure_id == erasure.id and told.email == OTHER
    return told


async def test_the_report_says_what_went_and_what_stays_once_each_service_answered(house: House) -> None:
    told = await erased(house)
    page = f"/effacements/{told.erasure_id}?cle={told.key}"
    waiting = await house.ask("intake", "GET", page)
    assert waiting.status_code == 200 and waiting.text.count("En cours") == 3
    await house.carry()
    answered = await house.ask("intake", "GET", page)
    assert "En cours" not in answered.text
    for words in ("compte (1)", "adresses (", "archives du label", "preuve de la notification"):
        assert words in answered.text
    assert OTHER not in answered.text
    assert answered.headers["cache-control"] == "no-store"


async def test_another_key_another_report_or_a_late_reader_find_nothing(house: House) -> None:
    told = await erased(house)
    for page in (
        f"/effacements/{told.erasure_id}",
        f"/effacements/{told.erasure_id}?cle=autre",
        f"/effacements/{uuid4()}?cle={told.key}",
        f"/effacements/pas-un-numero?cle={told.key}",
    ):
        assert (await house.ask("intake", "GET", page, "staff")).status_code == 404
    house.intake.clock = FixedClock(NOW + REPORTS - timedelta(seconds=1))
    page = f"/effacements/{told.erasure_id}?cle={told.key}"
    assert (await house.ask("intake", "GET", page)).status_code == 200
    house.intake.clock = FixedClock(NOW + REPORTS)
    assert (await house.ask("intake", "GET", page)).status_code == 404


async def test_a_report_knows_the_answers_of_every_service(house: House) -> None:
    told = await erased(house)
    done = {"erasure_id": told.erasure_id, "erased": {}, "kept": {}, "at": NOW}
    async with house.intake.work() as work:
        await erasures.hear(work, scoring.ErasureDone(**done))
        await erasures.hear(work, notifier.ErasureDone(**done | {"erased": {"adresses": 2}}))
    shown = (await house.ask("intake", "GET", f"/effacements/{told.erasure_id}?cle={told.key}")).text
    assert "rien à effacer" in shown and "adresses (2)" in shown
