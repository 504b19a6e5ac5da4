"""The montage page: a plan with its figures, one written by hand and checked again, kept, and put in the diary."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import icalendar
import pytest
from typer.testing import CliRunner, Result

from chevalement import cli
from funding_watch import app, handlers
from funding_watch.pages.montage import name_of
from kernel.contracts.intake import Need, PlanLine
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.settings import Settings
from tests.domain.test_watch_precedents import HEAD, LINES
from tests.pages.test_watch_pages import words
from tests.pages.test_watch_triage import Desk
from tests.watch_story import PLACE, START, call, decided, far_calls, need, project, read, someone, submitted

HEAT = need().model_copy(update={"amount": 400_000})
FIELD = name_of(call().key, 1)


async def prepared(folder: Path, needs: Sequence[Need] = (HEAT,), budget: int | None = 500_000, plan: int = 0) -> Desk:
    """A desk with one project that lacks money, and a call that gives 40 % of it."""
    made = Desk(
        app.build(Settings.load(data=folder, aides_territoires_token=""), "nats://127.0.0.1:1", FixedClock(START))
    )
    await migrate.upgrade(made.database.engine, "funding_watch")
    made.candidacy = someone()
    silent = call("2", title="Chaufferie au bois et réseau de chaleur", rate_max=None)
    await read(made.database, call(amount_max=150_000), silent, *far_calls())
    lines = (PlanLine(funder="Région", amount=plan, state="acquis"),) if plan else ()
    facts = project(needs=needs).model_copy(update={"budget": budget, "plan": lines})
    for event in (submitted(made.candidacy, facts), decided(made.candidacy)):
        async with made.database.work() as work:
            await handlers.hear(work, event, PLACE)
    return made


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = await prepared(tmp_path)
    yield made
    await made.database.close()


async def test_a_plan_shows_each_figure_with_what_it_rests_on(desk: Desk) -> None:
    page = words(await desk.ask(f"/projets/{desk.candidacy}/montage"))
    assert "150 000 €" in page and "le plafond de l'appel, 150 000 €" in page
    assert "Reste à trouver : 350 000 €" in page
    assert "article L. 1111-10" in page and "Encore possible : 400 000 €" in page
    assert "Appels à interroger" in page and "Chaufferie au bois" in page
    assert "Délibérer" in page and "réponse attendue vers le" in page
    assert (await desk.ask(f"/projets/{someone()}/montage")).status_code == 404


async def test_what_is_written_by_hand_is_checked_again_and_kept_under_a_name(desk: Desk) -> None:
    path = f"/projets/{desk.candidacy}/montage"
    wrong = await desk.ask(path, **{FIELD: "des sous", "acte": "garder"})
    assert wrong.status_code == 422 and "des sous" in wrong.text
    checked = words(await desk.ask(path, **{FIELD: "450 000", "acte": "verifier"}))
    assert "Ce montage ne tient pas tel quel." in checked and "donne 150 000 € au plus" in checked
    assert "Le montage choisi" not in words(await desk.ask(path))

    assert (await desk.ask(path, **{FIELD: "120 000", "acte": "garder"})).status_code == 303
    kept = words(await desk.ask(f"{path}?plan=choisi&fait=oui"))
    assert "Version 1, gardée par Organisation staff" in kept and "120 000 €" in kept
    assert "Ce montage ne tient pas" not in kept
    assert (await desk.ask(path, **{FIELD: "", "acte": "garder"})).status_code == 303
    assert "Le plan proposé" in words(await desk.ask(path))


async def test_the_steps_of_a_kept_montage_are_in_the_diary(desk: Desk) -> None:
    await desk.ask(f"/projets/{desk.candidacy}/montage", **{FIELD: "120 000", "acte": "garder"})
    given = await desk.ask(f"/projets/{desk.candidacy}/abonnements", pour="Service finances")
    found = re.search(r"/veille(/flux/[\w-]+)\.ics", given.text)
    assert found
    diary = icalendar.Calendar.from_ical((await desk.ask(f"{found[1]}.ics")).content)
    titles = [str(event["SUMMARY"]) for event in diary.walk("VEVENT")]
    assert any(title.startswith("Écrire le dossier") for title in titles)
    identities = [str(event["UID"]) for event in diary.walk("VEVENT")]
    assert len(identities) == len(set(identities))


@pytest.mark.parametrize(
    ("needs", "budget", "plan", "says"),
    [
        ((need(),), 500_000, 0, "Aucun besoin du dossier n'a de montant"),
        ((HEAT,), 100_000, 200_000, "Le plan de financement du dossier dépasse son budget."),
        ((HEAT,), 100_000, 0, "Les besoins coûtent plus que le budget du projet."),
        ((HEAT.model_copy(update={"amount": -5}),), None, 0, "montant négatif"),
        ((HEAT.model_copy(update={"amount": 10**13}),), None, 0, "montant démesuré"),
        (tuple(HEAT.model_copy(update={"number": n}) for n in range(1, 201)), None, 0, "Reste à trouver"),
    ],
)
async def test_bad_figures_have_a_visible_answer(
    tmp_path: Path, needs: tuple[Need, ...], budget: int | None, plan: int, says: str
) -> None:
    desk = await prepared(tmp_path, needs, budget, plan)
    answer = await desk.ask(f"/projets/{desk.candidacy}/montage")
    assert answer.status_code == 200 and says in words(answer)
    await desk.database.close()


async def loaded(folder: Path) -> Result:
    """The command in a thread of its own, as it has a loop of its own."""
    arguments = ["calls", "precedents", str(folder / "file.csv"), "--data", str(folder)]
    return await asyncio.to_thread(CliRunner().invoke, cli.app, arguments)


async def test_precedents_stand_beside_a_call_once_a_file_was_loaded(desk: Desk) -> None:
    await read(desk.database, call("3", title="Recyclage foncier des friches"))
    page = f"/appels/{call('3').key}"
    assert "Qui l'a obtenu" not in words(await desk.ask(page))
    folder = Path(str(desk.database.url.database)).parent
    (folder / "file.csv").write_text(HEAD + LINES, encoding="utf-8")
    done = await loaded(folder)
    assert done.exit_code == 0 and "2 precedents, 3 lines left out" in done.output, done.output
    shown = words(await desk.ask(page))
    assert "Une friche en verger" in shown and "1 000 000 €" in shown
    (folder / "file.csv").write_text("a;b\n", encoding="utf-8")
    refused = await loaded(folder)
    assert refused.exit_code == 2 and "no column" in refused.output


async def test_a_rule_of_the_label_is_applied_and_said_with_its_source(tmp_path: Path) -> None:
    desk = await prepared(tmp_path, needs=(HEAT, need(2).model_copy(update={"amount": 90_000})))
    region = ("Région Hauts-de-France",)
    funds = [call(f"fonds-{n}", title=f"ACTes, réseaux de chaleur {n}", funders=region) for n in (1, 2)]
    await read(desk.database, call(amount_max=150_000), *funds, *far_calls())
    path = f"/projets/{desk.candidacy}/montage"
    answer = await desk.ask(path)
    page = words(answer)
    assert "Aides qui ne se cumulent pas" in page and "Un seul des trois fonds ACTes par an" in page
    assert 'href="https://www.hautsdefrance.fr/actes-soutien-territoires"' in answer.text
    both = {name_of(one.key, 1): "1 000" for one in funds}
    checked = words(await desk.ask(path, **both, acte="verifier"))
    assert "Ne se cumulent pas" in checked
    await desk.database.close()
