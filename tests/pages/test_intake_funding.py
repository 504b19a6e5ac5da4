"""« Vos financements »: the porteur reads what was forwarded and its décryptage, and answers; nobody else does."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import html5lib
import httpx2
import pytest

from intake.handlers import funding
from kernel.contracts.triage import CallDecoded, MatchForwarded
from tests.handlers.test_intake_funding import example
from tests.intake_story import NOW
from tests.pages.whole_house import House, furnished


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as made:
        yield made


async def forwarded(house: House, candidacy_id: UUID) -> UUID:
    """A call forwarded to a dossier, with its décryptage."""
    event = example(MatchForwarded, match_id=uuid4(), candidacy_id=candidacy_id, at=NOW)
    async with house.intake.work() as work:
        await funding.hear(work, event)
        await funding.hear_decoding(work, example(CallDecoded))
    match_id: UUID = event.match_id
    return match_id


def text(answer: httpx2.Response) -> str:
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    return " ".join(" ".join(tree.itertext()).split()).replace("\u202f", " ").replace("\u00a0", " ").replace("’", "'")


async def test_a_porteur_reads_answers_and_the_watch_is_told(house: House) -> None:
    page = f"/mes-dossiers/{house.other.candidacy_id}/financements"
    assert "Aucune aide transmise" in text(await house.ask("intake", "GET", page, "applicant"))
    match_id = await forwarded(house, house.other.candidacy_id)

    shown = text(await house.ask("intake", "GET", page, "applicant"))
    assert "Ne commandez rien avant l'accusé de réception." in shown and "Déposez avant l'été" in shown
    assert "une aide" in text(
        await house.ask("intake", "GET", f"/mes-dossiers/{house.other.candidacy_id}", "applicant")
    )

    wrong = [(f"reponse-{match_id.hex}", "obtenu"), (f"montant-{match_id.hex}", "des sous"), ("x", "y")]
    answer = await house.ask("intake", "POST", f"{page}/{match_id}", "applicant", pairs=wrong)
    assert answer.status_code == 422 and "des sous" in answer.text
    right = [(f"reponse-{match_id.hex}", "depose")]
    answer = await house.ask("intake", "POST", f"{page}/{match_id}", "applicant", pairs=right)
    assert answer.status_code == 303
    assert "Demande déposée" in text(await house.ask("intake", "GET", page, "applicant"))


async def test_a_call_of_another_dossier_is_neither_read_nor_answered(house: House) -> None:
    match_id = await forwarded(house, house.mine.candidacy_id)
    theirs = f"/mes-dossiers/{house.mine.candidacy_id}/financements"
    assert (await house.ask("intake", "GET", theirs, "applicant")).status_code == 404
    own = f"/mes-dossiers/{house.other.candidacy_id}/financements/{match_id}"
    said = [(f"reponse-{match_id.hex}", "depose")]
    assert (await house.ask("intake", "POST", own, "applicant", pairs=said)).status_code == 404
    assert (await house.ask("intake", "GET", theirs, "staff")).status_code == 403
