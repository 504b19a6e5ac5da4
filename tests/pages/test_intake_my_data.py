"""What is kept of somebody: taken away from every service at once, erased by themselves when nothing is due to them."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from intake import handlers
from intake.handlers import erasures
from intake.pages.my_data import FILES
from kernel.runtime.auth import Role
from tests.pages.whole_house import CONTACT, OTHER, PRIVATE, House, furnished

MINE = "fichiers/LE-2026-0002/plan.odt"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as made:
        yield made


def opened(answer: httpx2.Response) -> dict[str, str]:
    """Every file of the archive."""
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


async def test_the_archive_holds_what_every_service_keeps_and_nothing_of_others(house: House) -> None:
    assert (await house.ask("intake", "GET", "/mes-donnees/archive.zip", "applicant")).status_code == 404
    await house.join(house.other.candidacy_id, "Le plan du porteur")
    for _ in range(2):  # pressed twice, asked once
        assert (await house.ask("intake", "POST", "/mes-donnees/archive", "applicant")).status_code == 303
    early = opened(await house.ask("intake", "GET", "/mes-donnees/archive.zip", "applicant"))
    assert set(early) == {"LISEZMOI.txt", "dossiers.json", MINE} and "N’a pas encore répondu" in early["LISEZMOI.txt"]
    assert "En préparation" in (await house.ask("intake", "GET", "/mes-donnees", "applicant")).text

    await house.carry()
    shown = await house.ask("intake", "GET", "/mes-donnees", "applicant")
    assert OTHER in shown.text and "En préparation" not in shown.text
    found = opened(await house.ask("intake", "GET", "/mes-donnees/archive.zip", "applicant"))
    assert set(found) == {"LISEZMOI.txt", "dossiers.json", MINE, *FILES.values()}
    assert found[MINE] == "Le plan du porteur"
    own = json.loads(found["dossiers.json"])
    assert own["compte"]["adresse"] == OTHER
    assert own["dossiers"][0]["versions"][0]["reponses"]["contact_courriel"] == OTHER
    assert [one["nature"] for one in json.loads(found["messages.json"])["messages"]] == ["accuse_reception"]
    assert all(CONTACT not in text and PRIVATE not in text for text in found.values())


@pytest.mark.parametrize("role", ["staff", "applicant"])
async def test_everybody_who_is_kept_may_see_it(house: House, role: Role) -> None:
    assert (await house.ask("intake", "GET", "/mes-donnees", role)).status_code == 200


async def test_nobody_erases_themselves_while_an_answer_is_due(house: House) -> None:
    page = await house.ask("intake", "GET", "/mes-donnees/effacement", "applicant")
    assert page.status_code == 200 and "Plus personne ne recevra" in page.text
    refused = await house.ask("intake", "POST", "/mes-donnees/effacement", "applicant", pairs=[("confirme", "oui")])
    assert refused.status_code == 409 and "LE-2026-0002" in refused.text


async def test_somebody_erases_themselves_and_reads_the_report_signed_out(house: House) -> None:
    async with house.intake.work() as work:
        await handlers.withdraw(work, house.other.candidacy_id, "Le projet change.")
    assert (await house.ask("intake", "POST", "/mes-donnees/effacement", "applicant")).headers[
        "location"
    ] == "/mes-donnees/effacement"
    done = await house.ask("intake", "POST", "/mes-donnees/effacement", "applicant", pairs=[("confirme", "oui")])
    await house.carry()
    report = urlsplit(done.headers["location"])
    shown = await house.ask("intake", "GET", f"{report.path}?{report.query}")
    assert done.status_code == 303 and "À la demande de la personne elle-même" in shown.text.replace("\u202f", " ")
    assert (await house.ask("intake", "GET", "/mes-dossiers", "applicant")).status_code == 401
    assert (await house.ask("notifier", "GET", "/", "applicant")).status_code == 401


async def test_staff_reread_the_files_of_whoever_was_erased(house: House) -> None:
    async with house.intake.work() as work:
        await erasures.order(work, CONTACT, "Demande du 3 mars", "Équipe du Label")
    where = f"/dossiers/{house.mine.candidacy_id}"
    shown = (await house.ask("intake", "GET", where, "staff")).text
    assert (
        "Pièces à relire" in shown and "Pièces à relire" in (await house.ask("intake", "GET", "/a-faire", "staff")).text
    )
    wrong = await house.ask("intake", "POST", f"{where}/relecture", "staff", pairs=[("motif_piece", "Des mots")])
    assert wrong.status_code == 422 and "Des mots" in wrong.text and "gardée ou retirée" in wrong.text
    said = [("piece", str(house.plan)), ("sort_piece", "garder"), ("motif_piece", "Le plan fonde la décision.")]
    done = await house.ask("intake", "POST", f"{where}/relecture", "staff", pairs=said)
    assert done.status_code == 303
    shown = (await house.ask("intake", "GET", where, "staff")).text
    assert "Pièces gardées" in shown and "Le plan fonde" in shown and "Pièces à relire" not in shown
