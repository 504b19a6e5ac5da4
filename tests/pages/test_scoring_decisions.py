"""The pages of the decision chain: from a proposal to the letters, and what a porteur may open with their key."""

import io
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from chevalement import verify
from kernel.contracts.scoring import DecisionTaken
from kernel.runtime.database import Database
from scoring import handlers
from scoring.store import chain as kept
from tests.pages.scoring_desk import Desk, opened, words
from tests.scoring_story import COMMITTEES, REASON, WAVE, approve, decision, opinion, wave_opened
from tests.sitting_story import PARTNERS, dossiers, marked
from tests.sitting_story import opened as sitting_opened

MATURE = "Réunir les financements, puis revenir dans un an."
VOTE = {
    "date": "2026-05-20",
    "lieu": "Salle du conseil",
    "presidence": "La présidence",
    "presents": "50",
    "pour": "42",
    "contre": "3",
    "abstentions": "5",
    "verdict": "approuve",
}
CHAIN = f"/vagues/{WAVE}"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        await made.do(handlers.open_wave, wave_opened())
        yield made


async def left(database: Database) -> int:
    async with database.engine.connect() as connection:
        query = text("SELECT count(*) FROM outbox WHERE subject = :subject")
        found = await connection.execute(query, {"subject": DecisionTaken.subject()})
        return int(found.scalar_one())


def follow(answer: httpx2.Response) -> str:
    return str(answer.headers["location"]).removeprefix("/instruction")


async def test_the_officer_goes_from_a_proposal_to_the_letters(desk: Desk) -> None:
    one = await desk.instructed(*COMMITTEES)
    form = {"issue": "nomine", "motif": REASON, "murir": MATURE}

    proposed = await desk.ask("POST", f"/dossiers/{one}/proposition", "expert", form)
    assert "La proposition est enregistrée" in words(await desk.ask("GET", follow(proposed), "expert"))
    decided = await desk.ask("POST", f"/dossiers/{one}/decision", "staff", form)
    page = words(await desk.ask("GET", follow(decided)))
    assert "Rien n'est envoyé" in page
    assert "Décidé, à approuver" in page
    assert MATURE in page

    assert "checked" in (await desk.ask("GET", f"{CHAIN}/forum")).text
    voted = await desk.ask("POST", f"{CHAIN}/forum", "staff", {**VOTE, f"dossier-{one}": "oui"})
    assert "42 pour, 3 contre, 5 abstentions" in words(await desk.ask("GET", follow(voted)))
    assert await left(desk.service.database) == 0

    rehearsal = await desk.ask("GET", f"{CHAIN}/repetition")
    assert "Une lettre est prête" in words(rehearsal)
    digest = re.search(r'name="repetition" value="(\w+)"', rehearsal.text)
    assert digest
    released = await desk.ask("POST", f"{CHAIN}/liberation", "staff", {"repetition": digest[1]})
    assert "Les lettres sont parties" in words(await desk.ask("GET", follow(released)))
    assert await left(desk.service.database) == 1
    assert "Aucune lettre n'est prête" in words(await desk.ask("GET", f"{CHAIN}/repetition"))


async def test_a_wrong_vote_comes_back_with_its_words(desk: Desk) -> None:
    one = await desk.instructed(*COMMITTEES)
    for handler in (handlers.propose, handlers.decide):
        await desk.do(handler, decision(one))

    for wrong, field in (
        ({"presents": "beaucoup"}, "presents"),
        ({"presents": "40"}, "pour"),
        ({"lieu": ""}, "lieu"),
        ({"date": "hier"}, "date"),
    ):
        answer = await desk.ask("POST", f"{CHAIN}/forum", "staff", {**VOTE, f"dossier-{one}": "oui", **wrong})
        assert answer.status_code == 422
        assert f'id="{field}-erreur"' in answer.text
        assert "Salle du conseil" in answer.text or "lieu" in wrong
    none = await desk.ask("POST", f"{CHAIN}/forum", "staff", VOTE)
    assert none.status_code == 422
    assert "Cochez au moins un dossier" in words(none)


async def test_one_letter_is_reread_and_another_held(desk: Desk) -> None:
    one = await desk.instructed(*COMMITTEES)
    await desk.do(approve, decision(one))

    short = await desk.ask("POST", f"/dossiers/{one}/suspension", "staff", {"motif": "non"})
    assert short.status_code == 422
    assert "10 caractères" in words(short)
    held = await desk.ask("POST", f"/dossiers/{one}/suspension", "staff", {"motif": "Le porteur change de nom."})
    page = words(await desk.ask("GET", follow(held)))
    assert "Le porteur change de nom." in page
    assert "Aucune lettre ne partirait" in page
    assert "1 suspendue" in page
    await desk.ask("POST", f"/dossiers/{one}/reprise")
    wrong = await desk.ask("POST", f"/dossiers/{one}/lettre", "staff", {"motif": "court"})
    assert wrong.status_code == 422
    reread = await desk.ask("POST", f"/dossiers/{one}/lettre", "staff", {"motif": "Des mots plus justes, relus."})
    assert "Des mots plus justes, relus." in words(await desk.ask("GET", follow(reread)))


async def released_wave(desk: Desk, count: int) -> list[UUID]:
    """Dossiers that three partners marked, decided, approved and released through the pages' own handlers."""
    database = desk.service.database
    found = await dossiers(database, count)
    sitting = await sitting_opened(database)
    for n, juror in enumerate(PARTNERS[:3]):
        for m, one in enumerate(found):
            await marked(database, sitting, one, juror, (1 + (n + m) % 3, 0 if n else 4, 3))
    async with database.work() as work:
        for one in found:
            for committee in COMMITTEES:
                await handlers.record_opinion(work, opinion(one, committee))
        await approve(work, *map(decision, found))
    rehearsal = await desk.ask("GET", f"{CHAIN}/repetition")
    digest = re.search(r'name="repetition" value="(\w+)"', rehearsal.text)
    assert digest
    await desk.ask("POST", f"{CHAIN}/liberation", "staff", {"repetition": digest[1]})
    return found


async def test_a_porteur_opens_their_feedback_with_their_key_alone(desk: Desk) -> None:
    found = await released_wave(desk, 5)
    async with desk.service.database.reading() as session:
        key = (await kept.ruling(session, found[0])).key

    answer = await desk.ask("GET", f"/retours/{key}", None)
    page = words(answer)

    assert "Votre projet est labellisé." in page
    assert "Médiane des 5 dossiers" in page
    assert not [juror.name for juror in PARTNERS if juror.name in page]
    pdf = await desk.ask("GET", f"/retours/{key}/lettre.pdf", None)
    assert pdf.content.startswith(b"%PDF-")
    assert (await desk.ask("GET", "/retours/une-autre-cle", None)).status_code == 404
    assert (await desk.ask("GET", f"/retours/{found[0]}", None)).status_code == 404


async def test_the_decision_file_is_redone_by_its_verifier_and_betrays_a_change(desk: Desk, tmp_path: Path) -> None:
    await released_wave(desk, 3)

    first = await desk.ask("GET", f"{CHAIN}/dossier-de-decision.zip")
    again = await desk.ask("GET", f"{CHAIN}/dossier-de-decision.zip")
    file = tmp_path / "dossier.zip"
    file.write_bytes(first.content)

    assert first.content == again.content
    said, agrees = verify.report(file)
    assert agrees, said
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        names = archive.namelist()
        changed = {name: archive.read(name) for name in names}
    assert names == ["decisions.csv", "methode.txt", "notes.csv", "proces-verbal.pdf", "SHA256SUMS"]
    changed["decisions.csv"] = changed["decisions.csv"].replace(b"labellise", b"nomine")
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in changed.items():
            archive.writestr(name, content)
    said, agrees = verify.report(file)
    assert not agrees
    assert "decisions.csv" in said[0]


async def test_anybody_reads_how_a_score_is_made(desk: Desk) -> None:
    page = words(await desk.ask("GET", "/methode", None))

    assert "jamais pris pour 0" in page
    assert "Poids dans le total : 35 sur 100" in page
    assert "L311-3-1" in page


async def test_the_letter_says_it_is_a_draft_until_it_left(desk: Desk) -> None:
    one = await desk.instructed(*COMMITTEES)

    assert (await desk.ask("GET", f"/dossiers/{one}/lettre.pdf")).status_code == 404
    await desk.do(approve, decision(one))
    draft = await desk.ask("GET", f"/dossiers/{one}/lettre.pdf")
    assert draft.content.startswith(b"%PDF-")
    minutes = await desk.ask("GET", f"{CHAIN}/proces-verbal.pdf")
    assert minutes.headers["content-type"] == "application/pdf"
