"""What staff meet, and what strangers do not: the desk is shut, the door opens once, a no is a page."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from intake import handlers
from kernel.runtime.auth import Person
from tests.intake_story import decision, dossier, failed, form, opinion, sent
from tests.pages.intake_desk import Desk, opened, value_of, wave_form


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        await made.post("/vagues", wave_form(), "staff")
        yield made


async def received(desk: Desk, **changes: str) -> str:
    """The identifier of a dossier that was sent."""
    answer = await desk.post("/candidatures", form(**changes))
    return str(answer.headers["location"].split("/")[2])


async def test_the_list_is_empty_then_teaches(desk: Desk) -> None:
    empty = await desk.get("/dossiers", "staff")
    await received(desk)

    assert "Aucun dossier pour l’instant" in empty.text
    assert "1 dossier" in (await desk.get("/dossiers", "staff")).text
    assert "Aucun dossier ne correspond" in (await desk.get("/dossiers?q=zzz", "staff")).text
    assert (await desk.get("/dossiers?page=9", "staff")).status_code == 200


@pytest.mark.parametrize(
    ("view", "seen"),
    [
        ("q=URBAINE", {"Une forêt urbaine"}),
        ("q=Forêt+urb%C3%A0ine+lens", {"Une forêt urbaine"}),
        ("q=0002", {"Le garage"}),
        ("q=100%25", {"Un 100% local"}),
        ("q=_", set()),
        ("theme=mobilite", {"Le garage"}),
        ("agglomeration=200072460", {"Un 100% local"}),
        ("etat=depose", {"Une forêt urbaine", "Le garage", "Un 100% local"}),
        ("etat=labellise", set()),
        ("etat=%00&theme='", set()),
    ],
)
async def test_a_view_is_its_address(desk: Desk, view: str, seen: set[str]) -> None:
    await received(desk)
    await desk.post("/candidatures", form(themes=("mobilite", "energie"), titre="Le garage"))
    await desk.post("/candidatures", form(titre="Un 100% local", commune="62119"))

    text = (await desk.get(f"/dossiers?{view}", "staff")).text
    titles = {"Une forêt urbaine", "Le garage", "Un 100% local"}
    assert {title for title in titles if title in text} == seen


async def test_long_lists_have_pages(desk: Desk) -> None:
    async with desk.service.database.work() as work:
        for number in range(27):
            await handlers.submit_candidacy(work, dossier(titre=f"Projet {number}"), "LE", uuid4().hex)

    first, second = (
        await desk.get("/dossiers?etat=depose", "staff"),
        await desk.get("/dossiers?etat=depose&page=2", "staff"),
    )
    assert "/dossiers?etat=depose&amp;page=2" in first.text
    assert ("Projet 26" in first.text, "Projet 0" in first.text) == (True, False)
    assert "Projet 0" in second.text


async def test_a_preselection_is_decided_with_its_reason(desk: Desk) -> None:
    candidacy_id = await received(desk)
    path = f"/dossiers/{candidacy_id}/preselection"

    wrong = await desk.post(path, [("decision", "peut-être"), ("motif", "")], "staff")
    assert wrong.status_code == 422
    half = await desk.post(path, [("motif", "Un projet <b>solide</b>.")], "staff")
    assert (half.status_code, value_of(half, "motif")) == (422, "Un projet <b>solide</b>.")
    done = await desk.post(path, [("decision", "retenu"), ("motif", "Un projet <b>solide</b>.")], "staff")
    assert (done.status_code, done.headers["location"]) == (303, f"/dossiers/{candidacy_id}?fait=retenu")
    seen = await desk.get(done.headers["location"], "staff")
    assert "Le dossier est présélectionné." in seen.text
    assert "Un projet &lt;b&gt;solide&lt;/b&gt;." in seen.text
    assert "Enregistrer la présélection" not in seen.text
    again = await desk.post(path, [("decision", "non_retenu"), ("motif", "Non.")], "staff")
    assert again.status_code == 409
    assert "Présélectionné" in again.text


async def test_a_dossier_shows_all_that_is_heard_of_it(desk: Desk) -> None:
    candidacy_id = await received(desk, budget="100 000", plan__0__financeur="Région", plan__0__montant="40 000")
    path = f"/dossiers/{candidacy_id}"
    async with desk.service.database.work() as work:
        known = UUID(candidacy_id)
        await handlers.hear_opinion(work, opinion(known, "technique", "favorable_avec_reserves"))
        await handlers.hear_decision(work, decision(known, "nomine"))
        await handlers.hear_of_message(work, sent(known))
        await handlers.hear_of_message(work, failed(known))

    early = (await desk.get(path, "staff")).text
    for words in (
        "Favorable avec réserves",
        "Nominé",
        "en attente",
        "Message envoyé",
        "Message non parti",
        "40\u202f%",
    ):
        assert words in early
    await desk.post(f"{path}/preselection", [("decision", "retenu"), ("motif", "Solide.")], "staff")
    assert "(en attente" not in (await desk.get(path, "staff")).text


@pytest.mark.parametrize(
    "path",
    [
        "/dossiers/2f1c7c0e-0000-4000-8000-000000000000",
        "/dossiers/x",
        "/dossiers/%00",
        "/nulle-part",
        "/dossiers/a/b/c",
    ],
)
async def test_what_does_not_exist_is_404(desk: Desk, path: str) -> None:
    answer = await desk.get(path, "staff")

    assert answer.status_code == 404
    assert "n’existe pas" in answer.text


async def test_a_second_wave_and_a_wrong_calendar_are_told(desk: Desk) -> None:
    second = await desk.post("/vagues", wave_form(), "staff")
    wrong = await desk.post("/vagues", wave_form(closes_at="hier", quota="dix"), "staff")

    assert (second.status_code, wrong.status_code) == (409, 422)
    assert "déjà ouverte" in second.text
    assert "Vague de printemps" in (await desk.get("/vagues", "staff")).text


async def test_a_link_shows_a_button_and_enters_once(desk: Desk) -> None:
    token = desk.service.app.state.door.link_token(Person("Équipe du Label", "staff"))

    for _ in range(2):
        shown = await desk.get(f"/entrer?jeton={token}")
        assert (shown.status_code, value_of(shown, "jeton")) == (200, token)
        assert "set-cookie" not in shown.headers
    entered = await desk.post("/entrer", [("jeton", token)])
    assert (entered.status_code, entered.headers["location"]) == (303, "/dossiers")
    assert "httponly" in entered.headers["set-cookie"].lower()
    spent = await desk.post("/entrer", [("jeton", token)])
    assert spent.status_code == 401
    assert "a déjà servi" in spent.text
    left = await desk.post("/sortir", [], "staff")
    assert 'chevalement=""' in left.headers["set-cookie"]


async def test_a_session_is_over_when_it_is_closed_even_for_who_kept_the_cookie(desk: Desk) -> None:
    token = desk.service.app.state.door.link_token(Person("Équipe du Label", "staff"))
    entered = await desk.post("/entrer", [("jeton", token)])
    cookie = entered.headers["set-cookie"].partition(";")[0]
    assert (await desk.ask("GET", "/dossiers", cookie=cookie)).status_code == 200
    await desk.ask("POST", "/sortir", cookie=cookie)
    assert (await desk.ask("GET", "/dossiers", cookie=cookie)).status_code == 401


async def test_a_failure_of_ours_is_a_page_in_french(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr("intake.pages.welcome.open_wave", broken)
    answer = await desk.get("/")

    assert answer.status_code == 500
    assert "de notre côté" in answer.text
    assert "secret" not in answer.text
