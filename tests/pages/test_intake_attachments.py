"""Files of a dossier, as porteur and team meet them: joined without losing a word, fetched, refused in words."""

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from intake.domain.attachments import LARGEST, MOST
from intake.pages import uploading
from intake.pages.uploading import MOST_AT_ONCE, body_limit
from kernel.runtime.sessions import COOKIE
from kernel.runtime.web import MAX_BODY
from tests.intake_story import form
from tests.pages.drafting import Notebook, begun, filled
from tests.pages.intake_desk import Desk, opened, page, value_of, wave_form
from tests.runtime.test_scanner import BAD, clamd
from tests.sign_in import cookie_of

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
Files = list[tuple[str, bytes]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        await made.post("/vagues", wave_form(), "staff")
        yield made


async def put(desk: Desk, path: str, files: Files, cookie: str = "", **words: str) -> httpx2.Response:
    """A form with files, as a browser sends it."""
    transport = httpx2.ASGITransport(app=desk.service.app, raise_app_exceptions=False)
    headers = {"cookie": cookie} if cookie else {}
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", headers=headers) as client:
        parts = [("fichiers", file) for file in files]
        answer = await client.post(path, files=parts or [("fichiers", ("", b""))], data={"joindre": "oui"} | words)
    if answer.headers.get("content-type", "").startswith("text/html"):
        page(answer)
    return answer


async def links_of(desk: Desk, answer: httpx2.Response) -> list[str]:
    """The addresses of the files that a page shows."""
    links = (element.get("href", "") for element in page(answer).iter("{http://www.w3.org/1999/xhtml}a"))
    return [link for link in links if "/fichiers/" in link]


async def signed_in(desk: Desk, email: str = "foret@porteur.example") -> str:
    async with desk.service.database.engine.connect() as connection:
        found = await connection.execute(text("SELECT id FROM person WHERE email = :email"), {"email": email})
    return f"{COOKIE}={await cookie_of(desk.service, 'Ville', 'applicant', str(found.scalar_one()))}"


async def sent(desk: Desk) -> tuple[Notebook, str]:
    """A dossier sent from a draft with a file, and its own page's address."""
    notebook = await begun(desk)
    await filled(notebook, form())
    assert (await put(desk, notebook.at("fichiers"), [("Plan masse.pdf", PDF)])).status_code == 303
    receipt = (await notebook.post("verification", [("consentement", "oui")])).headers["location"]
    return notebook, "/mes-dossiers/" + receipt.split("/")[2]


async def test_a_file_joins_a_draft_and_no_word_beside_it_is_lost(desk: Desk) -> None:
    notebook = await begun(desk)
    answer = await put(desk, notebook.at("fichiers"), [("Plan masse.pdf", PDF)], documents="https://plans.example")
    assert answer.headers["location"].endswith("#joints")
    shown = await notebook.get("documents")
    assert "Plan masse.pdf" in shown.text and value_of(shown, "documents") == "https://plans.example"
    [link] = await links_of(desk, shown)
    file = await desk.get(link)
    assert file.content == PDF and file.headers["content-type"] == "application/pdf"
    assert file.headers["content-disposition"].startswith("attachment; filename")
    assert file.headers["x-content-type-options"] == "nosniff" and file.headers["cache-control"] == "no-store"
    assert "sandbox" in file.headers["content-security-policy"]
    assert (await desk.get(link.partition("?")[0])).status_code == 404
    other = await begun(desk)
    assert (await desk.get(other.at(link.partition("?")[0].split("/", 3)[3]))).status_code == 404
    assert "Rempli" in (await notebook.get()).text.partition("Les documents</a>")[2].partition("</li>")[0]


async def test_a_file_is_taken_away_in_the_same_form(desk: Desk) -> None:
    notebook = await begun(desk)
    await put(desk, notebook.at("fichiers"), [("plan.pdf", PDF)])
    [link] = await links_of(desk, await notebook.get("documents"))
    known = link.partition("?")[0].rpartition("/")[2]
    answer = await put(desk, notebook.at("fichiers"), [], joindre="", oter=known, documents="un mot")
    assert answer.status_code == 303
    shown = await notebook.get("documents")
    assert await links_of(desk, shown) == [] and value_of(shown, "documents") == "un mot"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("virus.pdf", b"MZ" + bytes(300))], "ce n’est pas un PDF"),
        ([("page.png", b"<!DOCTYPE html><html></html>")], "ce n’est pas un PDF"),
        ([("vide.pdf", b"")], "ce fichier est vide"),
        ([("gros.pdf", PDF + bytes(LARGEST))], "dépasse 20 Mo"),
        ([], "Choisissez au moins un fichier"),
        ([("a.pdf", PDF + b"%d" % n) for n in range(MOST_AT_ONCE + 1)], "10 fichiers au plus à la fois"),
    ],
    ids=("program", "page", "empty", "large", "none", "many"),
)
async def test_what_is_refused_is_said_beside_the_field(desk: Desk, files: Files, said: str) -> None:
    notebook = await begun(desk)
    answer = await put(desk, notebook.at("fichiers"), files, documents="mes mots")
    assert answer.status_code == 422 and said in answer.text.replace("\u202f", " ")
    assert 'aria-describedby="fichiers-aide fichiers-erreur"' in answer.text
    assert value_of(answer, "documents") == "mes mots"
    assert await desk.count("attachment") == (MOST_AT_ONCE if len(files) > 1 else 0)


async def test_a_good_file_is_kept_beside_a_bad_one(desk: Desk) -> None:
    notebook = await begun(desk)
    answer = await put(desk, notebook.at("fichiers"), [("a.pdf", PDF), ("b.pdf", b"MZ" + bytes(99))])
    assert answer.status_code == 422 and len(await links_of(desk, answer)) == 1


async def test_the_same_content_is_one_file_and_there_are_so_many(desk: Desk) -> None:
    notebook = await begun(desk)
    for name in ("a.pdf", "copie de a.pdf"):
        assert (await put(desk, notebook.at("fichiers"), [(name, PDF)])).status_code == 303
    assert await desk.count("attachment") == 1
    for half in range(2):
        await put(desk, notebook.at("fichiers"), [(f"{half}-{n}.pdf", PDF + b"%d-%d" % (half, n)) for n in range(10)])
    assert await desk.count("attachment") == MOST
    answer = await put(desk, notebook.at("fichiers"), [("de-trop.pdf", PDF + b"de trop")])
    assert answer.status_code == 422 and "a déjà 20 fichiers" in answer.text


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "plan\u202efdp.exe", "nul\x00.pdf", 'a"; filename="b.pdf', "<script>.pdf", "é" * 400]
)
async def test_no_name_does_harm(desk: Desk, name: str) -> None:
    notebook = await begun(desk)
    assert (await put(desk, notebook.at("fichiers"), [(name, PDF)])).status_code == 303
    [link] = await links_of(desk, await notebook.get("documents"))
    disposition = (await desk.get(link)).headers["content-disposition"]
    assert not any(harm in disposition for harm in ("..", "\u202e", "\x00", "%00", "%E2%80%AE", "<", "/"))
    assert disposition.endswith('.pdf"') or disposition.endswith(".pdf")


async def test_what_the_antivirus_refuses_stays_in_sight_and_is_not_kept(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = await begun(desk)
    async with clamd(tmp_path / "clamd.sock") as address:
        monkeypatch.setattr(uploading.scanner, "scan", _always(address))
        answer = await put(desk, notebook.at("fichiers"), [("plan.pdf", PDF + BAD)])
        assert answer.status_code == 422 and "programme dangereux" in answer.text
        assert (await put(desk, notebook.at("fichiers"), [("bon.pdf", PDF)])).status_code == 303
    shown = await notebook.get("documents")
    assert "Refusé par l’antivirus" in shown.text and "Eicar-Test-Signature" in shown.text
    assert len(await links_of(desk, shown)) == 1
    answer = await put(desk, notebook.at("fichiers"), [("autre.pdf", PDF + b"2")])
    assert answer.status_code == 422 and "l’antivirus ne répond pas" in answer.text


def _always(address: str) -> object:
    scan = uploading.scanner.scan

    async def asked(_: str, path: Path) -> str:
        return await scan(address, path)

    return asked


async def test_files_go_with_the_dossier_and_staff_read_them(desk: Desk) -> None:
    notebook, mine = await sent(desk)
    cookie = await signed_in(desk)
    own = await desk.ask("GET", mine, cookie=cookie)
    [link] = await links_of(desk, own)
    assert (await desk.ask("GET", link, cookie=cookie)).content == PDF
    assert (await desk.get(link)).status_code == 401
    staff = await desk.get(mine.replace("mes-dossiers", "dossiers"), "staff")
    [theirs] = await links_of(desk, staff)
    assert (await desk.get(theirs, "staff")).content == PDF
    assert (await desk.get(theirs)).status_code == 401 and (await desk.get(theirs, "partner")).status_code == 403
    assert (await put(desk, notebook.at("fichiers"), [("tard.pdf", PDF + b"2")])).status_code == 409
    packed = zipfile.ZipFile(io.BytesIO((await desk.get("/dossiers.zip", "staff")).content))
    [name] = [one for one in packed.namelist() if "/documents/" in one]
    assert name.endswith("/documents/Plan masse.pdf") and packed.read(name) == PDF


async def test_a_sent_dossier_takes_files_and_writes_it_down(desk: Desk) -> None:
    _, mine = await sent(desk)
    cookie = await signed_in(desk)
    before = await links_of(desk, await desk.ask("GET", mine, cookie=cookie))
    answer = await put(desk, f"{mine}/fichiers", [("devis.pdf", PDF + b"2")], cookie)
    assert answer.headers["location"] == f"{mine}?fait=joint#joints"
    refused = await put(desk, f"{mine}/fichiers", [("devis.exe", b"MZ" + bytes(99))], cookie)
    assert refused.status_code == 422 and "ce n’est pas un PDF" in refused.text
    shown = await desk.ask("GET", mine, cookie=cookie)
    assert "Pièce ajoutée" in shown.text
    [new] = [link for link in await links_of(desk, shown) if link not in before]
    known = new.rpartition("/")[2]
    assert (await put(desk, f"{mine}/fichiers", [], cookie, joindre="", oter=known)).status_code == 303
    async with desk.service.database.engine.connect() as connection:
        acts = (await connection.execute(text("SELECT act, reason FROM journal WHERE act LIKE 'piece%'"))).all()
    assert sorted(acts) == [("piece_ajoutee", "devis.pdf"), ("piece_retiree", "devis.pdf")]


async def test_a_read_dossier_takes_files_and_gives_none_back(desk: Desk) -> None:
    _, mine = await sent(desk)
    cookie = await signed_in(desk)
    desk_page = mine.replace("mes-dossiers", "dossiers")
    await desk.post(f"{desk_page}/preselection", [("decision", "retenu"), ("motif", "Un projet solide.")], "staff")
    [link] = await links_of(desk, await desk.ask("GET", mine, cookie=cookie))
    kept = await put(desk, f"{mine}/fichiers", [], cookie, joindre="", oter=link.rpartition("/")[2])
    assert kept.status_code == 422 and "ne peut plus être retiré" in kept.text
    assert (await put(desk, f"{mine}/fichiers", [("devis.pdf", PDF + b"2")], cookie)).status_code == 303
    due = [("partie", "documents"), ("demande", "Le devis signé."), ("echeance", "2026-04-10")]
    await desk.post(f"{desk_page}/corrections", due, "staff")
    assert (await put(desk, f"{mine}/fichiers", [("signé.pdf", PDF + b"3")], cookie)).status_code == 303
    assert await desk.count("correction WHERE outcome = 'rendue'") == 1


async def test_contents_lie_by_their_digest_where_only_the_service_looks(desk: Desk) -> None:
    await sent(desk)
    folder = desk.service.settings.documents_folder
    digest = hashlib.sha256(PDF).hexdigest()
    assert (folder / digest[:2] / digest).is_file()
    assert all(one.stat().st_mode & 0o077 == 0 for one in (folder, folder / "incoming", folder / digest[:2]))


def test_only_the_addresses_that_take_files_take_much() -> None:
    known = "0b0e6b1c-0000-4000-8000-000000000000"
    assert body_limit(f"/brouillons/{known}/fichiers") == body_limit(f"/mes-dossiers/{known}/fichiers") > MAX_BODY
    for path in (f"/brouillons/{known}/projet", "/candidatures", f"/dossiers/{known}/fichiers", "/fichiers"):
        assert body_limit(path) == MAX_BODY
