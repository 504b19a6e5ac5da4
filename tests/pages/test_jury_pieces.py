"""Jurors and the files of dossiers: fetched by who may mark the dossier, while they may; shut to everybody else."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest

from intake import handlers as intake
from intake.store import candidacies
from kernel.contracts.intake import JurorNeared
from kernel.contracts.intake_life import ErasureOrdered
from kernel.contracts.scoring import ReadingAllowed
from kernel.runtime.auth import Role
from scoring import handlers
from scoring.domain import grids
from scoring.domain.sittings import Juror, OpenSitting, Tie
from tests.intake_story import STAFF, label
from tests.pages.whole_house import OTHER, PLAN, ROLES, House, furnished
from tests.scoring_story import STAFF as OFFICER

ADDED = "Un devis venu après l’ouverture"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A second dossier in instruction, with a file of its own; the technical committee sits on it."""
    async with furnished(tmp_path) as made:
        async with made.intake.work() as work:
            await intake.preselect(work, made.other.candidacy_id, STAFF, "Un projet solide.")
        made.plan = await made.join(made.other.candidacy_id, PLAN)
        await made.carry()
        yield made


async def opened(house: House) -> UUID:
    wish = OpenSitting(await wave_of(house), "technique", date(2026, 4, 15), date(2026, 4, 30), OFFICER)
    async with house.services["scoring"].database.work() as work:
        sitting_id = await handlers.open_sitting(work, wish, grids.of_label(label(), "technique"))
    await house.carry()
    return sitting_id


async def wave_of(house: House) -> UUID:
    async with house.intake.reading() as session:
        candidacy = await candidacies.candidacy(session, house.other.candidacy_id)
    assert candidacy is not None
    return candidacy.wave_id


def juror(house: House, role: Role = "partner") -> Juror:
    return Juror(house.people[role], f"Organisation {role}", role)


async def declared(house: House, sitting_id: UUID, tie: Tie = "aucun") -> None:
    async with house.services["scoring"].database.work() as work:
        await handlers.take_seat(work, sitting_id, juror(house))
        await handlers.declare(work, sitting_id, house.other.candidacy_id, juror(house), (tie, ""))
    await house.carry()


async def asked(house: House, role: Role | None = "partner", *, file: bool = False) -> httpx2.Response:
    path = f"/dossiers/{house.other.candidacy_id}/pieces"
    return await house.ask("intake", "GET", f"{path}/{house.plan}" if file else path, role)


async def is_shut(house: House) -> bool:
    answers = [await asked(house), await asked(house, file=True)]
    codes = [answer.status_code for answer in answers]
    told = [answer for answer in answers if PLAN in answer.text or "plan.odt" in answer.text]
    assert codes == [200, 200] or not told
    return codes == [403, 403]


async def test_a_juror_without_ties_fetches_the_files_and_no_one_else_does(house: House) -> None:
    sitting_id = await opened(house)
    assert await is_shut(house)
    await declared(house, sitting_id)

    page = await asked(house)
    assert page.status_code == 200 and f"/pieces/{house.plan}" in page.text and "plan.odt" in page.text
    file = await asked(house, file=True)
    assert file.text == PLAN and file.headers["content-disposition"].startswith("attachment; filename")
    assert file.headers["cache-control"] == "no-store" and "sandbox" in file.headers["content-security-policy"]
    for role in set(ROLES) - {"partner"}:
        for answer in (await asked(house, role), await asked(house, role, file=True)):
            assert answer.status_code == (401 if role is None else 403), role
            assert PLAN not in answer.text and "plan.odt" not in answer.text


async def test_the_dossier_and_the_marks_lead_to_the_files(house: House) -> None:
    sitting_id = await opened(house)
    link = f"/dossiers/{house.other.candidacy_id}/pieces"
    await declared(house, sitting_id)
    assert link in (await house.ask("scoring", "GET", f"/dossiers/{house.other.candidacy_id}", "partner")).text
    expert = await house.ask("scoring", "GET", f"/dossiers/{house.other.candidacy_id}", "expert")
    assert link not in expert.text


async def test_a_juror_reads_no_file_of_another_dossier(house: House) -> None:
    await declared(house, await opened(house))
    theirs = await house.join(house.mine.candidacy_id, "Les comptes du voisin")
    for path in (
        f"/dossiers/{house.other.candidacy_id}/pieces/{theirs}",
        f"/dossiers/{house.mine.candidacy_id}/pieces/{theirs}",
        f"/dossiers/{house.mine.candidacy_id}/pieces",
        f"/dossiers/{uuid4()}/pieces",
    ):
        answer = await house.ask("intake", "GET", path, "partner")
        assert answer.status_code in {403, 404} and "comptes" not in answer.text, path


async def test_a_tie_shuts_the_files_until_staff_set_it_aside(house: House) -> None:
    sitting_id = await opened(house)
    await declared(house, sitting_id)
    await declared(house, sitting_id, "partenaire")
    assert await is_shut(house)

    async with house.services["scoring"].database.work() as work:
        seat = await handlers.take_seat(work, sitting_id, juror(house))
        place = handlers.marking.Place(seat.id, house.other.candidacy_id)
        await handlers.lift_recusal(work, sitting_id, place, "Le partenariat est ancien.", OFFICER)
    await house.carry()
    assert (await asked(house, file=True)).status_code == 200


async def test_the_end_of_the_sitting_shuts_the_files(house: House) -> None:
    sitting_id = await opened(house)
    await declared(house, sitting_id)
    for seen, shut in (("notation", False), ("discussion", True)):
        async with house.services["scoring"].database.work() as work:
            await handlers.turn_phase(work, sitting_id, seen, OFFICER)
        await house.carry()
        assert await is_shut(house) is shut


async def test_an_erased_juror_fetches_nothing_more(house: House) -> None:
    sitting_id = await opened(house)
    await declared(house, sitting_id)
    person = UUID(house.people["partner"])
    ordered = ErasureOrdered(erasure_id=uuid4(), person_ids=[person], candidacy_ids=[], at=house.intake.clock.now())
    async with house.services["scoring"].database.work() as work:
        await handlers.answer_erasure(work, ordered)
    await house.carry()
    assert await is_shut(house)


async def test_what_came_after_the_opening_says_so(house: House) -> None:
    sitting_id = await opened(house)
    await declared(house, sitting_id)
    assert "après l’ouverture" not in (await asked(house)).text
    for service in house.services.values():
        service.clock.set(service.clock.now() + timedelta(hours=1))  # type: ignore[attr-defined] # a fixed clock
    await house.join(house.other.candidacy_id, ADDED)
    assert (await asked(house)).text.count("Joint après l’ouverture de la séance") == 1


async def test_the_last_word_of_scoring_counts_whatever_comes_last(house: House) -> None:
    facts = {"seat_id": uuid4(), "juror": house.people["partner"], "frozen_at": house.intake.clock.now()}
    told = [
        ReadingAllowed(**facts, dossiers=dossiers, revision=number, at=house.intake.clock.now())
        for number, dossiers in ((1, [house.other.candidacy_id]), (2, []))
    ]
    for event in (told[1], told[0], told[0]):
        async with house.intake.work() as work:
            await intake.hear_of_reading(work, event)
    assert await is_shut(house)


async def test_a_juror_of_the_same_mail_domain_is_asked_about_it(house: House) -> None:
    sitting_id = await opened(house)
    async with house.services["scoring"].database.work() as work:
        await handlers.take_seat(work, sitting_id, juror(house))
        near = JurorNeared(
            person_id=UUID(house.people["partner"]),
            candidacy_ids=[house.other.candidacy_id],
            at=house.intake.clock.now(),
        )
        await handlers.hear_nearness(work, near)
    path = f"/seances/{sitting_id}/dossiers/{house.other.candidacy_id}/liens"
    shown = await house.ask("scoring", "GET", path, "partner")
    assert "du même organisme" in shown.text and OTHER not in shown.text
