"""Views of the board and of the calls have names: renamed, dropped and taken back, erased with their person."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from funding_watch import app, handlers
from funding_watch.domain.views import MOST, cleaned
from funding_watch.handlers.views import UnknownView, drop_view, rename_view, save_view
from funding_watch.store import views
from kernel.contracts.funding_watch import ErasureDone, ExportDone
from kernel.contracts.intake_life import ErasureOrdered
from kernel.contracts.intake_people import ExportOrdered
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.settings import Settings
from tests.pages.test_watch_pages import words
from tests.pages.test_watch_triage import Desk
from tests.watch_story import START, call, read, told


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    settings = Settings.load(data=tmp_path, aides_territoires_token="")
    made = Desk(app.build(settings, "nats://127.0.0.1:1", FixedClock(START)))
    await migrate.upgrade(made.database.engine, "funding_watch")
    await read(made.database, call())
    yield made
    await made.database.close()


LISTS = [("/tri", "etat=tout&pour=moi"), ("/", "q=bois&statut=ouvert")]


def base_of(path: str) -> str:
    return f"{path.rstrip('/')}/vues"


async def ids(desk: Desk, base: str) -> list[str]:
    return re.findall(r'/([0-9a-f-]{36})/suppression"', (await desk.ask(base)).text)


@pytest.mark.parametrize(("path", "view"), LISTS)
async def test_a_view_is_kept_shown_renamed_dropped_and_taken_back(desk: Desk, path: str, view: str) -> None:
    base = base_of(path)
    assert "Garder cette vue" in words(await desk.ask(f"{path}?{view}"))
    assert "Garder cette vue" not in words(await desk.ask(path))
    done = await desk.ask(base, "staff", nom="  Les  miens <b>", vue=f"{view}&page=4&inconnu=1")
    assert done.headers["location"].startswith(f"/veille{path}?") and "inconnu" not in done.headers["location"]
    listed = await desk.ask(f"{path}?{view}&vues=gardee")
    assert "La vue est gardée." in words(listed) and "Les miens &lt;b&gt;" in listed.text
    assert re.search(r'aria-current="true"[^>]*><span dir="auto">Les miens', listed.text)

    (view_id,) = await ids(desk, base)
    renamed = await desk.ask(f"{base}/{view_id}/nom", "staff", **{f"nom-{view_id}": "À moi"})
    assert renamed.status_code == 303 and "À moi" in words(await desk.ask(base))

    gone = await desk.ask(f"{base}/{view_id}/suppression", "staff", x="")
    shown = await desk.ask(gone.headers["location"].removeprefix("/veille"))
    assert "La vue « À moi » est supprimée." in words(shown) and await ids(desk, base) == []
    fields = dict(re.findall(r'type="hidden" name="(nom|vue)" value="([^"]*)"', shown.text))
    fields = {name: value.replace("&amp;", "&") for name, value in fields.items()}
    assert (await desk.ask(base, "staff", **fields)).status_code == 303  # type: ignore[arg-type]  # words by name
    assert len(await ids(desk, base)) == 1


@pytest.mark.parametrize(("path", "view"), LISTS)
async def test_a_name_that_will_not_do_is_said_beside_it_and_kept(desk: Desk, path: str, view: str) -> None:
    base = base_of(path)
    unnamed = await desk.ask(base, "staff", nom=" ", vue=view)
    assert unnamed.status_code == 422 and "Donnez un nom" in words(unnamed)
    assert view.replace("&", "&amp;") in unnamed.text
    long = await desk.ask(base, "staff", nom="x" * 81, vue=view)
    assert long.status_code == 422 and "81 caractères ; 80 au plus" in words(long) and "x" * 81 in long.text
    for name in ("Une", "Deux"):
        await desk.ask(base, "staff", nom=name, vue=view)
    first, _ = await ids(desk, base)
    taken = await desk.ask(f"{base}/{first}/nom", "staff", **{f"nom-{first}": "Une"})
    assert taken.status_code == 422 and "s'appelle déjà « Une »" in words(taken)


async def test_a_view_is_nobody_elses(desk: Desk) -> None:
    async with desk.database.work() as work:
        await save_view(work, "someone else", "tri", "La leur", "etat=obtenu")
        (theirs,) = await views.views(work.session, "someone else", "tri")
    assert "La leur" not in (await desk.ask("/tri")).text + (await desk.ask("/tri/vues")).text
    assert (await desk.ask(f"/tri/vues/{theirs.id}/suppression", "staff", x="")).status_code == 404
    assert (await desk.ask(f"/tri/vues/{theirs.id}/nom", "staff", **{f"nom-{theirs.id}": "x"})).status_code == 404
    async with desk.database.work() as work:
        with pytest.raises(UnknownView):
            await rename_view(work, "someone else", "appels", theirs.id, "Une autre liste")
        with pytest.raises(UnknownView):
            await drop_view(work, "someone else", "tri", uuid4())


async def test_the_same_name_replaces_and_too_many_are_refused(desk: Desk) -> None:
    for number in range(MOST):
        await desk.ask("/tri/vues", "staff", nom=f"Vue {number}", vue="etat=tout")
    again = await desk.ask("/tri/vues", "staff", nom="Vue 0", vue="etat=obtenu")
    assert again.status_code == 303 and "etat=obtenu" in (await desk.ask("/tri")).text
    more = await desk.ask("/tri/vues", "staff", nom="Une de trop", vue="etat=tout")
    assert more.status_code == 422 and f"déjà {MOST} vues" in words(more)


async def test_a_partner_names_views_of_the_board_and_not_of_the_calls(desk: Desk) -> None:
    assert (await desk.ask("/tri/vues", "partner", nom="La nôtre", vue="etat=tout")).status_code == 303
    assert "La nôtre" in (await desk.ask("/tri", "partner")).text
    assert (await desk.ask("/vues", "partner")).status_code == 403


async def test_views_leave_with_their_person_and_are_told_to_them(desk: Desk) -> None:
    person = UUID(int=7)
    async with desk.database.work() as work:
        await save_view(work, str(person), "tri", "Mes retards", "etat=tout&retard=oui")
        await handlers.answer_export(
            work, ExportOrdered(export_id=uuid4(), person_id=person, candidacy_ids=[], at=work.at)
        )
        await handlers.answer_erasure(
            work, ErasureOrdered(erasure_id=uuid4(), person_ids=[person], candidacy_ids=[], at=work.at)
        )
    (held,) = await told(desk.database, ExportDone)
    assert held["held"] == {"vues de la veille": [{"nom": "Mes retards"}]}
    (erased,) = await told(desk.database, ErasureDone)
    assert erased["erased"] == {"vues de la veille": 1}
    async with desk.database.reading() as session:
        assert await views.views(session, str(person), "tri") == []


def test_an_address_holds_known_filters_once_and_nothing_too_long() -> None:
    assert cleaned("etat=tout&x=1&q=a&q=b&page=2", "tri") == "etat=tout&q=b"
    assert cleaned("q=" + "é" * 1_000, "tri") == ""
