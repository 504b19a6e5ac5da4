"""A call that somebody heard of: entered by hand, matched like others, amended, taken back, closed by its deadline."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from funding_watch import app, handlers
from funding_watch.handlers.entries import Changed, amend_call, enter_call
from funding_watch.store import calls, matches
from kernel.contracts.funding_watch import CallClosed, CallDeadlineMoved, CallDiscovered, CallReopened, MatchProposed
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.settings import Settings
from tests.pages.test_watch_pages import words
from tests.pages.test_watch_triage import Desk
from tests.watch_story import PLACE, START, call, decided, far_calls, moment, project, read, someone, submitted, told

NUMBER = "0123456789abcdef" * 2
KEY = f"saisie:{NUMBER}"
FORM: dict[str, str | list[str]] = {
    "numero": NUMBER,
    "titre": "Réseaux de chaleur au bois des cités",
    "financeurs": "Fondation du Bassin\nAgence du bois",
    "adresse": "https://fondation.example/appel",
    "description": "Construction de chaufferies et de réseaux de chaleur alimentés au bois.",
    "pour": ["commune", "epci"],
    "perimetre": "DEP-62",
    "nature": ["subvention"],
    "depenses": ["investissement"],
    "taux": "40 %",
    "montant_max": "120 000",
    "echeance": "2026-05-29",
    "heure": "12:00",
    "motif": "Réunion du comité technique",
}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    settings = Settings.load(data=tmp_path, aides_territoires_token="")
    made = Desk(app.build(settings, "nats://127.0.0.1:1", FixedClock(START)))
    await migrate.upgrade(made.database.engine, "funding_watch")
    made.candidacy = someone()
    await read(made.database, *far_calls())
    for event in (submitted(made.candidacy, project()), decided(made.candidacy)):
        async with made.database.work() as work:
            await handlers.hear(work, event, PLACE)
    yield made
    await made.database.close()


async def enter(desk: Desk, **changes: str | list[str]) -> int:
    """Send the form; the answer's status."""
    return (await desk.ask("/saisies/nouvelle", "staff", **{**FORM, **changes})).status_code


async def life(desk: Desk) -> str:
    async with desk.database.reading() as session:
        known = await calls.one(session, KEY)
    return known.life.presence if known else "absent"


async def match(desk: Desk) -> None:
    async with desk.database.work() as work:
        await handlers.match_all(work, PLACE)


async def test_an_entered_call_is_marked_with_who_and_when_and_matched_like_others(desk: Desk) -> None:
    assert "Ajouter un appel" in words(await desk.ask("/"))
    assert "Comment vous l'avez appris" in words(await desk.ask("/saisies/nouvelle"))
    assert await enter(desk) == 303
    page = words(await desk.ask(f"/appels/{KEY}"))
    assert "Saisi à la main" in page and "Par Organisation staff, le" in page
    assert "Appris par : Réunion du comité technique" in page
    assert "Fondation du Bassin et Agence du bois" in page and "jusqu'à 40 %, jusqu'à 120 000 €" in page
    assert "Pas-de-Calais" in page
    assert [one["call_key"] for one in await told(desk.database, CallDiscovered)][-1] == KEY
    await match(desk)
    assert {one["call"]["key"] for one in await told(desk.database, MatchProposed)} == {KEY}
    listed = words(await desk.ask("/?source=saisie"))
    assert "Réseaux de chaleur au bois des cités" in listed and "Un appel " in listed


async def test_the_form_sent_twice_enters_one_call_and_another_under_its_number_is_refused(desk: Desk) -> None:
    assert [await enter(desk), await enter(desk)] == [303, 303]
    assert len([one for one in await told(desk.database, CallDiscovered) if one["call_key"] == KEY]) == 1
    assert await enter(desk, titre="Tout autre chose") == 422
    assert await enter(desk, numero="../../x", titre="Un autre appel") == 303


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("titre", "", "Donnez le titre"),
        ("financeurs", " ", "Dites qui finance"),
        ("description", "", "Dites ce que l'appel finance"),
        ("motif", "", "Dites comment vous l'avez appris"),
        ("adresse", "fondation.example", "qui commence par https://"),
        ("adresse", "javascript:alert(1)", "qui commence par https://"),
        ("adresse", "https://[", "qui commence par https://"),
        ("echeance", "2026-03-11", "Le 11 mars 2026 est passé"),
        ("echeance", "le 3 mai", "n'est pas une date"),
        ("echeance", "9999-12-31", "l'année est sans doute mal écrite"),
        ("ouverture", "2026-06-01", "précède l'ouverture"),
        ("heure", "midi", "n'est pas une heure"),
        ("taux", "140", "n'est pas un taux"),
        ("taux", "²", "n'est pas un taux"),
        ("montant_min", "200 000", "échangez-les"),
        ("montant_max", "des sous", "n'est pas une somme"),
        ("titre", "x" * 301, "301 caractères ; 300 au plus"),
    ],
)
async def test_what_cannot_be_read_is_said_beside_it_and_nothing_is_lost(
    desk: Desk, field: str, typed: str, said: str
) -> None:
    answer = await desk.ask("/saisies/nouvelle", "staff", **{**FORM, field: typed})
    assert answer.status_code == 422 and said in words(answer)
    assert f'id="{field}-erreur"' in answer.text or field == "ouverture" or field == "montant_min"
    assert (NUMBER in answer.text and "Construction de chaufferies" in answer.text) or field == "description"
    assert answer.text.count(" checked") == 4
    assert await life(desk) == "absent"


async def test_errors_are_listed_as_their_fields_stand(desk: Desk) -> None:
    empty = {**FORM, "financeurs": "", "adresse": "", "description": "", "taux": "x", "heure": "x", "motif": ""}
    listed = re.findall(r'href="#(\w+)"', (await desk.ask("/saisies/nouvelle", "staff", **empty)).text)
    assert [one for one in listed if one in empty] == [
        "financeurs",
        "adresse",
        "description",
        "taux",
        "heure",
        "motif",
    ]


async def test_a_call_is_amended_under_a_name_and_its_moved_deadline_is_told(desk: Desk) -> None:
    await enter(desk)
    shown = await desk.ask(f"/saisies/{NUMBER}")
    assert 'value="2026-05-29"' in shown.text and 'value="12:00"' in shown.text
    assert shown.text.count(" checked") == 4 and "Fondation du Bassin\nAgence du bois" in shown.text
    seen = re.search(r'name="vu" value="(\w{64})"', shown.text)
    assert seen
    later = {**FORM, "vu": seen[1], "echeance": "2026-06-30", "motif": "Lettre de la fondation"}
    assert (await desk.ask(f"/saisies/{NUMBER}", "staff", **later)).status_code == 303
    assert [(one["old"], one["new"]) for one in await told(desk.database, CallDeadlineMoved)] == [
        ("2026-05-29", "2026-06-30")
    ]
    page = words(await desk.ask(f"/appels/{KEY}"))
    assert "Date limite Organisation staff : Lettre de la fondation" in page
    overtaken = await desk.ask(f"/saisies/{NUMBER}", "staff", **{**later, "titre": "Autre titre"})
    assert overtaken.status_code == 422 and "modifié par quelqu'un d'autre" in words(overtaken)
    assert "Autre titre" in overtaken.text


async def test_a_call_is_taken_back_with_a_reason_and_that_is_undone(desk: Desk) -> None:
    await enter(desk)
    unsaid = await desk.ask(f"/saisies/{NUMBER}/retrait", "staff", retrait=" ")
    assert unsaid.status_code == 422 and await life(desk) == "confirme"
    done = await desk.ask(f"/saisies/{NUMBER}/retrait", "staff", retrait="L’appel n’existe pas")
    assert done.status_code == 303 and await life(desk) == "ferme"
    assert [one["why"] for one in await told(desk.database, CallClosed)] == ["decision"]
    await match(desk)
    async with desk.database.reading() as session:
        assert KEY not in {one.proposal.call_key for one in await matches.current(session)}
    page = words(await desk.ask(f"/appels/{KEY}"))
    assert "L'appel n'existe pas" in page and "Annuler le retrait" in page
    again = await desk.ask(f"/saisies/{NUMBER}/retrait", "staff", retrait="encore")
    assert again.status_code == 409

    assert (await desk.ask(f"/saisies/{NUMBER}/reprise", "staff", x="")).status_code == 303
    assert await life(desk) == "confirme" and len(await told(desk.database, CallReopened)) == 1
    assert "Annuler le retrait" not in words(await desk.ask(f"/appels/{KEY}"))


async def test_no_absence_closes_it_and_its_deadline_does(desk: Desk) -> None:
    await enter(desk)
    for _ in range(6):
        await read(desk.database, *far_calls())
    assert await life(desk) == "confirme"
    clock = desk.database.clock
    assert isinstance(clock, FixedClock)
    clock.set(moment(100))
    desk.cookies.clear()  # the session of that day is long over
    async with desk.database.work() as work:
        await handlers.settle_all(work)
    assert await life(desk) == "ferme"
    page = words(await desk.ask(f"/appels/{KEY}"))
    assert "sa dernière échéance est passée" in page.lower() and "Annuler le retrait" not in page
    assert (await desk.ask(f"/saisies/{NUMBER}/reprise", "staff", x="")).status_code == 409


async def test_a_call_of_a_source_is_not_amended_by_hand(desk: Desk) -> None:
    assert (await desk.ask("/saisies/far-1")).status_code == 404
    async with desk.database.work() as work:
        with pytest.raises(handlers.UnknownCall):
            await amend_call(work, call("far-1"), seen="", by="Équipe", reason="essai")
        with pytest.raises(Changed):
            await enter_call(work, call("far-1"), by="Équipe", reason="essai")
