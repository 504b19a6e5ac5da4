"""A juror's way through a sitting, without a script, and what nobody sees before their time."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from kernel.runtime.auth import Role
from kernel.runtime.sessions import COOKIE
from scoring import handlers
from scoring.domain.grids import Grid
from scoring.domain.marks import Mark
from scoring.domain.sittings import Juror
from tests.pages.scoring_desk import PEOPLE, Desk, opened, words
from tests.scoring_story import COMMITTEES, decision, opinion, settle, submitted
from tests.sign_in import cookie_of
from tests.sitting_story import EXPERTS, WHY, dossiers, marked, marks_at, seated, tried, turned
from tests.sitting_story import opened as sitting_opened

EXPERT = Juror.of("", PEOPLE["expert"], "expert")
SECRET = "Ce mot d'un autre juré ne se lit pas encore."
TOLD = "Voici ce que dit le comité"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def put(desk: Desk, path: str, body: object, role: Role = "expert") -> httpx2.Response:
    cookie = await cookie_of(desk.service, PEOPLE[role], role)
    transport = httpx2.ASGITransport(app=desk.service.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies={COOKIE: cookie}) as client:
        return await client.put(path, json=body)


def filled(codes: tuple[str, ...], level: str = "2", **more: str) -> dict[str, str]:
    return {f"note-{code}": level for code in codes} | {name.replace("__", "-"): value for name, value in more.items()}


async def ready(desk: Desk, count: int = 3, committee: str = "expertise") -> tuple[UUID, list[UUID]]:
    """A sitting with its dossiers."""
    ids = await dossiers(desk.service.database, count)
    return await sitting_opened(desk.service.database, committee), ids  # type: ignore[arg-type] # a known code


async def grid_of(desk: Desk, sitting_id: UUID) -> Grid:
    async with desk.service.database.work() as work:
        return (await handlers.sittings.locked(work, sitting_id)).grid


async def test_a_juror_goes_from_the_list_to_given_marks_without_a_script(desk: Desk) -> None:
    sitting_id, (one, *_) = await ready(desk)
    grid = await grid_of(desk, sitting_id)
    base = f"/seances/{sitting_id}/dossiers/{one}"

    taken = await desk.ask("POST", f"/seances/{sitting_id}/place", "expert", {})
    asked_first = await desk.ask("GET", f"/dossiers/{one}", "expert")
    no_answer = await desk.ask("POST", f"{base}/liens", "expert", {})
    free = await desk.ask("POST", f"{base}/liens", "expert", {"lien": "aucun"})
    assert taken.headers["location"] == "/instruction/mes-notes?fait=place"
    assert asked_first.headers["location"] == f"/instruction{base}/liens"
    assert no_answer.status_code == 422
    await tried(desk.service.database, sitting_id, EXPERT)
    for part, after in zip(grid.parts, [*grid.parts[1:], None], strict=True):
        path = f"{base}/notes/{part.code}"
        assert free.headers["location"] == f"/instruction{path}"
        assert part.questions[0].name.replace("’", "'") in words(await desk.ask("GET", path, "expert"))
        free = await desk.ask("POST", path, "expert", filled(tuple(asked.code for asked in part.questions)))
        assert free.status_code == 303
        assert after or free.headers["location"] == f"/instruction/seances/{sitting_id}/revue#d-{one}"

    review = words(await desk.ask("GET", f"/seances/{sitting_id}/revue", "expert"))
    assert "Rendre les notes complètes" in review and "Côte à côte" not in review
    given = await desk.ask("POST", f"/seances/{sitting_id}/revue", "expert", {})
    again = await desk.ask("POST", f"/seances/{sitting_id}/revue", "expert", {})

    assert given.headers["location"] == "/instruction/mes-notes?fait=rendu"
    assert again.status_code == 409
    assert "1 dossier traité sur 3" in words(await desk.ask("GET", "/mes-notes?fait=rendu", "expert"))
    assert (await desk.ask("GET", f"{base}/notes/{grid.parts[0].code}", "expert")).status_code == 409


async def test_a_juror_without_a_seat_is_led_to_it(desk: Desk) -> None:
    sitting_id, (one, *_) = await ready(desk)

    ties = await desk.ask("GET", f"/seances/{sitting_id}/dossiers/{one}/liens", "expert")

    assert ties.headers["location"] == "/instruction/mes-notes"
    assert "Prendre place" in words(await desk.ask("GET", "/mes-notes", "expert"))
    assert (await desk.ask("GET", f"/seances/{sitting_id}/revue", "expert")).status_code == 403


async def test_words_are_kept_when_a_justification_is_missing(desk: Desk) -> None:
    sitting_id, (one, *_) = await ready(desk)
    await tried(desk.service.database, sitting_id, EXPERT)
    base = f"/seances/{sitting_id}/dossiers/{one}"
    await desk.ask("POST", f"{base}/liens", "expert", {"lien": "aucun"})
    typed = {"note-financement": "4", "motif-financement": "court", "note-gouvernance": "1", "note-participation": "9"}

    answer = await desk.ask("POST", f"{base}/notes/faisabilite", "expert", typed)

    assert answer.status_code == 422
    assert "Justifiez un 4" in words(answer)
    assert "Choisissez l'un des niveaux" in words(answer)
    assert "court</textarea>" in answer.text
    kept = await desk.ask("GET", f"{base}/notes/faisabilite", "expert")
    assert 'name="note-gouvernance" value="1" checked' in kept.text
    assert "court</textarea>" in kept.text


async def test_each_answer_is_kept_as_it_is_written(desk: Desk) -> None:
    sitting_id, (one, two, _) = await ready(desk)
    await tried(desk.service.database, sitting_id, EXPERT)
    base = f"/seances/{sitting_id}/dossiers/{one}"
    await desk.ask("POST", f"{base}/liens", "expert", {"lien": "aucun"})

    answers = [
        await put(desk, f"{base}/champs", {"field": field, "value": value, "base": ""})
        for field, value in (("note-emploi", "3"), ("motif-emploi", WHY), ("note-emploi", "na"))
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[0].json()["at"] == "12\u202fh\u202f00"
    page = await desk.ask("GET", f"{base}/notes/transition", "expert")
    assert 'name="note-emploi" value="na" checked' in page.text
    assert WHY in page.text
    for body in ([], {}, {"field": "autre-emploi", "value": "1"}, {"field": "note-emploi", "value": 3}):
        assert (await put(desk, f"{base}/champs", body)).status_code == 422
    assert (await put(desk, f"{base}/champs", {"field": "note-emploi", "value": "7"})).status_code == 422
    assert (await put(desk, f"{base}/champs", {"field": "note-inconnue", "value": "1"})).status_code == 409
    unsaid = await put(desk, f"/seances/{sitting_id}/dossiers/{two}/champs", {"field": "note-emploi", "value": "1"})
    assert unsaid.status_code == 409


async def every_page(desk: Desk, sitting_id: UUID, ids: list[UUID], role: Role) -> dict[str, str]:
    """All that a juror can read, followed where it leads."""
    grid = await grid_of(desk, sitting_id)
    paths = ["/", "/mes-notes", f"/seances/{sitting_id}/revue"]
    for one in ids:
        base = f"/seances/{sitting_id}/dossiers/{one}"
        paths += [f"/dossiers/{one}", f"/dossiers/{one}/avis", f"{base}/liens", f"{base}/discussion"]
        paths += [f"{base}/notes/{part.code}" for part in grid.parts]
    return {path: words(await desk.ask("GET", path, role)) for path in paths}


async def test_nobody_reads_another_view_before_their_own_marks(desk: Desk) -> None:
    sitting_id, ids = await ready(desk)
    for one in ids:
        for committee in COMMITTEES:
            said = opinion(one, committee, reason=f"{TOLD} {committee}.")
            await desk.do(handlers.record_opinion, said)
        for other in EXPERTS[:3]:
            await marked(desk.service.database, sitting_id, one, other, (3,))
    await _second_opinion(desk, sitting_id, ids)
    await turned(desk.service.database, sitting_id)
    await seated(desk.service.database, sitting_id, EXPERT)
    async with desk.service.database.work() as work:
        for one in ids:
            await handlers.declare(work, sitting_id, one, EXPERT, ("aucun", ""))

    before = await every_page(desk, sitting_id, ids, "expert")
    for one in ids:
        await marked(desk.service.database, sitting_id, one, EXPERT, (2,))
    after = await every_page(desk, sitting_id, ids, "expert")

    for secret in (SECRET, TOLD, "Les autres :"):
        assert [path for path, page in before.items() if secret in page] == [], secret
        assert any(secret in page for page in after.values()), f"the walk never finds {secret!r}"


async def _second_opinion(desk: Desk, sitting_id: UUID, ids: list[UUID]) -> None:
    """A fourth expert, whose words are the secret."""
    other, grid = EXPERTS[3], await grid_of(desk, sitting_id)
    await seated(desk.service.database, sitting_id, other)
    async with desk.service.database.work() as work:
        for one in ids:
            await handlers.declare(work, sitting_id, one, other, ("aucun", ""))
            marks = {code: Mark(mark.value, True, SECRET) for code, mark in marks_at(grid, (1,)).items()}
            await handlers.save_marks(work, sitting_id, one, other, marks)
        await handlers.give(work, sitting_id, ids, other)


async def test_a_tie_closes_the_dossier_to_the_juror(desk: Desk) -> None:
    sitting_id, (one, two, _) = await ready(desk)
    await tried(desk.service.database, sitting_id, EXPERT)
    base = f"/seances/{sitting_id}/dossiers/{one}"

    vague = await desk.ask("POST", f"{base}/liens", "expert", {"lien": "autre", "precision": ""})
    tied = await desk.ask("POST", f"{base}/liens", "expert", {"lien": "membre", "precision": "Je siège à son conseil."})

    assert vague.status_code == 422
    assert tied.headers["location"].endswith("?fait=recuse")
    assert (await desk.ask("GET", f"/dossiers/{one}", "expert")).status_code == 403
    assert (await desk.ask("GET", f"{base}/notes/transition", "expert")).status_code == 403
    assert (await desk.ask("GET", f"/dossiers/{two}", "expert")).status_code == 303
    board = words(await desk.ask("GET", f"/seances/{sitting_id}", "staff"))
    assert "Je siège à son conseil." in board


async def test_names_that_meet_are_pointed_out(desk: Desk) -> None:
    ids = await dossiers(desk.service.database, 1)
    sitting_id = await sitting_opened(desk.service.database)
    again = submitted(ids[0])
    assert again.project.porteur == "Ville de Lens"
    juror = Juror("lens", "Ville de Lens", "partner")
    await seated(desk.service.database, sitting_id, juror)
    cookie = await cookie_of(desk.service, juror.name, "partner", juror.key)
    transport = httpx2.ASGITransport(app=desk.service.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies={COOKIE: cookie}) as client:
        page = words(await client.get(f"/seances/{sitting_id}/dossiers/{ids[0]}/liens"))

    assert "Un lien est possible" in page


async def test_what_is_the_experts_is_not_the_partners(desk: Desk) -> None:
    sitting_id, (one, *_) = await ready(desk)
    base = f"/seances/{sitting_id}/dossiers/{one}"
    await desk.ask("POST", f"/seances/{sitting_id}/place", "expert", {})

    assert (await desk.ask("POST", f"/seances/{sitting_id}/place", "partner", {})).status_code == 403
    for path in (f"{base}/liens", f"{base}/notes/transition", f"{base}/discussion", f"/seances/{sitting_id}/revue"):
        assert (await desk.ask("GET", path, "partner")).status_code == 404, path
    for path in (f"/seances/{sitting_id}", f"/seances/{sitting_id}/tableau", f"/seances/{sitting_id}/ordre-du-jour"):
        for role in ("partner", "expert"):
            assert (await desk.ask("GET", path, role)).status_code == 403  # type: ignore[arg-type] # a role


async def test_second_marks_show_the_others_and_ask_why(desk: Desk) -> None:
    sitting_id, (one, *_) = await ready(desk)
    grid = await grid_of(desk, sitting_id)
    await marked(desk.service.database, sitting_id, one, EXPERT, (1,))
    await marked(desk.service.database, sitting_id, one, EXPERTS[0], (4,))
    path = f"/seances/{sitting_id}/dossiers/{one}/discussion"
    too_early = await desk.ask("GET", path, "expert")
    await turned(desk.service.database, sitting_id)

    page = words(await desk.ask("GET", path, "expert"))
    form = filled(grid.codes, "1") | {"note-emploi": "3"}
    without = await desk.ask("POST", path, "expert", form)
    given = await desk.ask("POST", path, "expert", form | {"motif-emploi": WHY})

    assert too_early.status_code == 409
    assert WHY in page and EXPERTS[0].name not in page
    assert without.status_code == 422
    assert "Vous changez de plus d'un niveau" in words(without)
    assert given.headers["location"].endswith("?fait=revu")
    assert "Rendu, puis revu" in words(await desk.ask("GET", "/mes-notes", "expert"))


async def test_a_decided_dossier_hides_nothing_more(desk: Desk) -> None:
    _, (one, *_) = await ready(desk)
    for committee in COMMITTEES:
        await desk.do(handlers.record_opinion, opinion(one, committee, reason=f"{TOLD} {committee}."))
    await desk.do(settle, decision(one))

    assert TOLD in words(await desk.ask("GET", f"/dossiers/{one}", "expert"))


async def test_a_juror_without_a_sitting_is_told_what_will_come(desk: Desk) -> None:
    assert "Aucune séance pour votre comité" in words(await desk.ask("GET", "/mes-notes", "partner"))


async def test_an_address_about_another_dossier_leads_nowhere(desk: Desk) -> None:
    sitting_id, (one, *_) = await ready(desk)
    await tried(desk.service.database, sitting_id, EXPERT)
    stray = f"/seances/{sitting_id}/dossiers/{sitting_id}"

    assert (await desk.ask("GET", f"{stray}/liens", "expert")).status_code == 403
    assert (await desk.ask("GET", "/seances/abc/revue", "expert")).status_code == 404
    await desk.ask("POST", f"/seances/{sitting_id}/dossiers/{one}/liens", "expert", {"lien": "aucun"})
    unknown = await desk.ask("GET", f"/seances/{sitting_id}/dossiers/{one}/notes/ailleurs", "expert")
    assert unknown.status_code == 404
