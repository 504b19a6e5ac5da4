"""The triage on its pages: shown before it is done, taken back, refused with a sentence, open to partners in part."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import html5lib
import httpx2
import pytest

from funding_watch import app, handlers
from funding_watch.store import matches
from funding_watch.store import triage as store
from kernel.runtime import migrate
from kernel.runtime.auth import Role
from kernel.runtime.clock import FixedClock
from kernel.runtime.service import Service
from kernel.runtime.sessions import COOKIE
from kernel.runtime.settings import Settings
from tests.pages.test_watch_pages import words
from tests.sign_in import cookie_of
from tests.watch_story import PLACE, START, call, decided, far_calls, moment, project, read, someone, submitted


class Desk:
    """The service without its broker, one watched project, and somebody who sorts."""

    candidacy: UUID

    def __init__(self, service: Service) -> None:
        self.service, self.database = service, service.database
        self.cookies: dict[Role, str] = {}

    async def ask(self, path: str, role: Role = "staff", **form: str | list[str]) -> httpx2.Response:
        """GET, or POST where a form is given; every page is parsed strictly."""
        if role not in self.cookies:
            self.cookies[role] = await cookie_of(self.service, f"Organisation {role}", role)
        transport = httpx2.ASGITransport(app=self.service.app)
        jar = {COOKIE: self.cookies[role]}
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies=jar) as client:
            answer = await (client.post(path, data=form) if form else client.get(path))
        if answer.headers.get("content-type", "").startswith("text/html"):
            html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer

    async def state(self, match_id: UUID) -> str:
        async with self.database.reading() as session:
            known = await store.one(session, match_id)
        return known.state if known else ""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    settings = Settings.load(data=tmp_path, aides_territoires_token="")
    made = Desk(app.build(settings, "nats://127.0.0.1:1", FixedClock(START)))
    await migrate.upgrade(made.database.engine, "funding_watch")
    made.candidacy = someone()
    await read(made.database, call(), call("2", title="Chaufferie au bois et réseau de chaleur"), *far_calls())
    for event in (submitted(made.candidacy, project()), decided(made.candidacy)):
        async with made.database.work() as work:
            await handlers.hear(work, event, PLACE)
    yield made
    await made.database.close()


def match_of(desk: Desk, reference: str = "1") -> UUID:
    return matches.match_id(desk.candidacy, call(reference).key)


async def test_the_board_shows_each_call_of_each_project_and_keeps_its_view_in_the_address(desk: Desk) -> None:
    page = words(await desk.ask("/tri"))
    assert "2 lignes" in page and "Nouveau" in page and "La cité refaite" in page
    assert "Une ligne" in words(await desk.ask("/tri?q=chaufferie"))
    assert "Rien dans cette vue" in words(await desk.ask("/tri?etat=obtenu"))
    assert "2 lignes" in words(await desk.ask("/tri?etat=inconnu&projet=x&motif=y&page=zzz"))


async def test_several_rows_are_shown_before_they_move_and_taken_back(desk: Desk) -> None:
    first, second = match_of(desk), match_of(desk, "2")
    shown = await desk.ask("/tri/lot", ligne=[first.hex, second.hex], etat="ecarte", vue="")
    assert shown.status_code == 200 and "Pourquoi" in words(shown)
    assert await desk.state(first) == "nouveau"

    unsaid = await desk.ask("/tri/lot/confirmation", ligne=[first.hex], etat="ecarte", vue="")
    assert unsaid.status_code == 422 and "Dites pourquoi" in words(unsaid)

    form = {"etat": "ecarte", "motif": "deja_demande", "vue": "etat=ecarte"}
    done = await desk.ask("/tri/lot/confirmation", ligne=[first.hex, second.hex], **form)
    assert done.status_code == 303
    asked = parse_qs(urlsplit(done.headers["location"]).query)
    assert asked["fait"] == ["2"] and asked["etat"] == ["ecarte"]
    assert await desk.state(first) == await desk.state(second) == "ecarte"
    page = words(await desk.ask(done.headers["location"].removeprefix("/veille")))
    assert "2 appels ont changé d'état." in page and "Annuler ces changements" in page

    await desk.ask("/tri/annuler", ligne=asked["annuler"][0].split("."), vue="")
    assert await desk.state(first) == await desk.state(second) == "nouveau"


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"etat": "a_etudier", "vue": ""}, "Cochez au moins une ligne"),
        ({"etat": "", "ligne": "ICI"}, "Choisissez ce que deviennent"),
        ({"etat": "obtenu", "ligne": "ICI"}, "on ne passe pas à « Obtenu »"),
    ],
)
async def test_what_cannot_be_done_to_rows_is_said(desk: Desk, form: dict[str, str], says: str) -> None:
    typed = {name: value.replace("ICI", match_of(desk).hex) for name, value in form.items()}
    assert says in words(await desk.ask("/tri/lot", **typed))


async def test_a_match_shows_why_and_moves_with_a_word_for_the_porteur(desk: Desk) -> None:
    path = f"/tri/{match_of(desk)}"
    page = words(await desk.ask(path))
    assert "Répond à votre besoin" in page and "Périmètre : Hauts-de-France" in page
    assert (await desk.ask(f"{path}/etat", etat="transmis", mots="À déposer vite.")).status_code == 303
    page = words(await desk.ask(f"{path}?fait=etat"))
    assert "C'est enregistré." in page and "Transmis au porteur" in page and "À déposer vite." in page

    wrong = await desk.ask(f"{path}/etat", etat="obtenu", montant="beaucoup", mots="Gardé")
    assert wrong.status_code == 422
    assert "« beaucoup » n'est pas une somme" in words(wrong) and "Gardé" in wrong.text
    assert (await desk.ask(f"{path}/etat", etat="obtenu", montant="12 500")).status_code == 303
    assert "12 500 €" in words(await desk.ask(path))
    assert (await desk.ask(f"{path}/annuler", x="")).status_code == 303
    assert await desk.state(match_of(desk)) == "transmis"


async def test_notes_persons_and_days_are_kept_with_who_and_when(desk: Desk) -> None:
    path = f"/tri/{match_of(desk)}"
    await desk.ask(f"{path}/notes", note="Voir la Région avant.")
    day = moment(5).date().isoformat()
    assert (await desk.ask(f"{path}/suivi", responsable="", echeance=day)).status_code == 303
    page = words(await desk.ask(path))
    assert "Voir la Région avant." in page and f"À regarder avant le {day}" in page and "Organisation staff" in page
    gone = await desk.ask(f"{path}/suivi", responsable="inconnu", echeance="2020-01-01")
    assert gone.status_code == 422 and "Cette date est passée" in words(gone)
    assert (await desk.ask(f"{path}/suivi", responsable="", echeance="demain")).status_code == 422
    assert (await desk.ask(f"{path}/notes", note=" ")).status_code == 422
    assert (await desk.ask(f"{path}/annuler", x="")).status_code == 409


async def test_a_partner_sorts_but_does_not_forward(desk: Desk) -> None:
    path = f"/tri/{match_of(desk)}"
    page = await desk.ask(path, "partner")
    assert "Transmis au porteur" not in words(page) and "/veille/sources" not in page.text
    refused = await desk.ask(f"{path}/etat", "partner", etat="transmis")
    assert refused.status_code == 422 and "sans l'équipe du Label" in words(refused)
    assert (await desk.ask(f"{path}/etat", "partner", etat="a_etudier")).status_code == 303
    assert "Organisation partner" in words(await desk.ask(path))


async def test_why_a_call_is_not_seen_any_more_is_answered_and_taken_back(desk: Desk) -> None:
    page = f"/projets/{desk.candidacy}/pourquoi"
    assert "est proposé aujourd'hui" in words(await desk.ask(f"{page}?appel={call().key}"))
    await desk.ask(f"/tri/{match_of(desk)}/etat", etat="ecarte", motif="mauvais_territoire", mots="Le Nord seul.")
    shown = words(await desk.ask(f"{page}?appel={call().key}"))
    assert "Une personne a écarté cet appel" in shown and "Le Nord seul." in shown
    assert "pas pour ce territoire" in shown and "Annuler cet écart" in shown
    assert "n'ont aucun mot en commun" in words(await desk.ask(f"{page}?appel={call('far-1').key}"))
    assert (await desk.ask(page)).status_code == 200
    assert (await desk.ask(f"{page}?appel=aucun:1")).status_code == 404
    assert (await desk.ask(f"/projets/{someone()}/pourquoi?appel={call().key}")).status_code == 404


async def test_a_call_is_decoded_version_after_version(desk: Desk) -> None:
    path = f"/decryptage/{call().key}"
    assert "Aucune version" in words(await desk.ask(path))
    assert (await desk.ask(path, in_short=" ", vu="0")).status_code == 422
    assert (await desk.ask(path, in_short="Du bois.", contact="La DREAL.", vu="0")).status_code == 303
    late = await desk.ask(path, in_short="Autre chose.", vu="0")
    assert late.status_code == 422 and "Une autre version vient d'être écrite" in words(late)
    assert "Autre chose." in late.text
    assert "Du bois." in words(await desk.ask(f"/tri/{match_of(desk)}"))
    assert (await desk.ask("/decryptage/aucun:1")).status_code == 404
