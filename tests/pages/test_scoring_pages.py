"""The pages of the instruction: strictly valid, shut to strangers, complete in every state."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from kernel.runtime.auth import Role
from scoring import handlers, store
from scoring.domain.states import State
from tests.pages.scoring_desk import PEOPLE, Desk, opened, words
from tests.scoring_story import (
    COMMITTEES,
    decision,
    not_retained,
    preselected,
    settle,
    someone,
    submitted,
    wave_opened,
    withdrawn,
)

JURORS, MARKERS, STAFF = {"staff", "partner", "expert"}, {"partner", "expert"}, {"staff"}
PROPOSERS = {"staff", "expert"}
OPEN = {
    ("GET", "/direct"),
    ("GET", "/direct/{code}"),
    ("GET", "/direct/{code}/etat"),
    ("POST", "/direct/{code}"),
    ("GET", "/methode"),
    ("GET", "/retours/{key}"),
    ("GET", "/retours/{key}/lettre.pdf"),
}
"""Open to everybody, or to whoever holds the key in the address."""
ACCESS: dict[tuple[str, str], set[str]] = {
    ("GET", "/"): JURORS,
    ("GET", "/dossiers/{candidacy_id}"): JURORS,
    ("GET", "/dossiers/{candidacy_id}/avis"): JURORS,
    ("POST", "/dossiers/{candidacy_id}/avis"): JURORS,
    ("GET", "/dossiers/{candidacy_id}/proposition"): PROPOSERS,
    ("POST", "/dossiers/{candidacy_id}/proposition"): PROPOSERS,
    ("GET", "/dossiers/{candidacy_id}/decision"): STAFF,
    ("POST", "/dossiers/{candidacy_id}/decision"): STAFF,
    ("GET", "/mes-notes"): MARKERS,
    ("POST", "/seances/{sitting_id}/place"): MARKERS,
    ("GET", "/seances/{sitting_id}/reperes/{repere}"): MARKERS,
    ("POST", "/seances/{sitting_id}/reperes/{repere}"): MARKERS,
    ("GET", "/seances/{sitting_id}/dossiers/{candidacy_id}/liens"): MARKERS,
    ("POST", "/seances/{sitting_id}/dossiers/{candidacy_id}/liens"): MARKERS,
    ("GET", "/seances/{sitting_id}/dossiers/{candidacy_id}/notes/{axe}"): MARKERS,
    ("POST", "/seances/{sitting_id}/dossiers/{candidacy_id}/notes/{axe}"): MARKERS,
    ("PUT", "/seances/{sitting_id}/dossiers/{candidacy_id}/champs"): MARKERS,
    ("GET", "/seances/{sitting_id}/dossiers/{candidacy_id}/discussion"): MARKERS,
    ("POST", "/seances/{sitting_id}/dossiers/{candidacy_id}/discussion"): MARKERS,
    ("GET", "/seances/{sitting_id}/revue"): MARKERS,
    ("POST", "/seances/{sitting_id}/revue"): MARKERS,
    ("GET", "/seances"): STAFF,
    ("POST", "/seances"): STAFF,
    ("GET", "/seances/{sitting_id}"): STAFF,
    ("POST", "/seances/{sitting_id}/phase"): STAFF,
    ("POST", "/seances/{sitting_id}/jures"): STAFF,
    ("POST", "/seances/{sitting_id}/recusations"): STAFF,
    ("POST", "/seances/{sitting_id}/relance"): STAFF,
    ("GET", "/seances/{sitting_id}/tableau"): STAFF,
    ("GET", "/seances/{sitting_id}/ordre-du-jour"): STAFF,
    ("POST", "/seances/{sitting_id}/ordre-du-jour"): STAFF,
    ("GET", "/dossiers/{candidacy_id}/lettre"): STAFF,
    ("POST", "/dossiers/{candidacy_id}/lettre"): STAFF,
    ("GET", "/dossiers/{candidacy_id}/lettre.pdf"): STAFF,
    ("POST", "/dossiers/{candidacy_id}/suspension"): STAFF,
    ("POST", "/dossiers/{candidacy_id}/reprise"): STAFF,
    ("GET", "/seances/{sitting_id}/direct"): STAFF,
    ("POST", "/seances/{sitting_id}/direct"): STAFF,
    ("POST", "/seances/{sitting_id}/direct/tour"): STAFF,
    ("POST", "/seances/{sitting_id}/direct/papier"): STAFF,
    ("GET", "/seances/{sitting_id}/direct/ecran"): STAFF,
    ("GET", "/seances/{sitting_id}/direct/flux"): STAFF,
    ("GET", "/vagues/{wave_id}/decisions"): STAFF,
    ("GET", "/vagues/{wave_id}/forum"): STAFF,
    ("POST", "/vagues/{wave_id}/forum"): STAFF,
    ("GET", "/vagues/{wave_id}/repetition"): STAFF,
    ("POST", "/vagues/{wave_id}/liberation"): STAFF,
    ("GET", "/vagues/{wave_id}/proces-verbal.pdf"): STAFF,
    ("GET", "/vagues/{wave_id}/dossier-de-decision.zip"): STAFF,
    ("GET", "/vagues/{wave_id}"): STAFF,
    ("GET", "/vagues/{wave_id}/notes.csv"): STAFF,
    ("GET", "/vagues/{wave_id}/dossiers/{candidacy_id}"): STAFF,
}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def test_every_page_is_in_the_access_list(desk: Desk) -> None:
    routes = {
        (method, route.path)
        for route in _api_routes(desk.service.app.routes)
        for method in route.methods
        if not route.path.startswith("/health")
    }

    assert routes == set(ACCESS) | OPEN


def _api_routes(routes: list[object]) -> list[APIRoute]:
    found = [route for route in routes if isinstance(route, APIRoute)]
    for route in routes:
        inner = getattr(route, "original_router", None)
        found += _api_routes(inner.routes) if inner is not None else []
    return found


@pytest.mark.parametrize(("method", "path"), ACCESS)
async def test_each_page_is_open_to_its_roles_only(desk: Desk, method: str, path: str) -> None:
    candidacy_id = await desk.instructed(*COMMITTEES)
    about = {
        "candidacy_id": candidacy_id,
        "sitting_id": someone(),
        "wave_id": someone(),
        "axe": "transition",
        "repere": "recyclerie",
    }
    address = path.format(**about)

    answers = {role: await desk.ask(method, address, role, {} if method == "POST" else None) for role in PEOPLE}
    stranger = await desk.ask(method, address, None, {} if method == "POST" else None)

    assert stranger.status_code == 401
    assert 'href="/connexion"' in stranger.text
    assert {role for role, answer in answers.items() if answer.status_code != 403} == ACCESS[method, path]


async def test_the_list_shows_three_opinions_at_a_glance(desk: Desk) -> None:
    candidacy_id = await desk.instructed("technique")

    page = words(await desk.ask("GET", "/"))

    assert "Un dossier" in page
    assert page.count("Favorable") == 1
    assert page.count("Attendu") == 2
    assert "pas encore décidée" in page
    assert f'href="/instruction/dossiers/{candidacy_id}"' in (await desk.ask("GET", "/")).text


async def test_an_empty_list_says_what_will_be_there(desk: Desk) -> None:
    assert "Aucun dossier en instruction" in words(await desk.ask("GET", "/"))
    assert "Aucun dossier pour votre comité" in words(await desk.ask("GET", "/", "partner"))
    assert "Aucun dossier ne répond" in words(await desk.ask("GET", "/?issue=nomine"))


async def test_filters_are_in_the_address_and_wrong_ones_are_said(desk: Desk) -> None:
    await desk.do(handlers.open_wave, wave_opened())
    waiting = await desk.instructed("technique", title="La cuisine centrale")
    other = await desk.instructed(*COMMITTEES, title="Mine de soleil")

    page = words(await desk.ask("GET", "/?attend=lyceen"))
    wrong = words(await desk.ask("GET", "/?etat=ailleurs&vague=x&page=y"))

    assert waiting != other
    assert "La cuisine centrale" in page
    assert "Mine de soleil" not in page
    assert "n'existe pas" in wrong
    assert "2 dossiers" in wrong


async def test_long_lists_have_pages(desk: Desk) -> None:
    for number in range(store.PAGE + 1):
        candidacy_id = someone()
        await desk.do(handlers.open_instruction, preselected(candidacy_id, number))

    second = await desk.ask("GET", "/?etat=en_instruction&page=2")

    assert f"{store.PAGE + 1} dossiers" in words(second)
    assert "/instruction/?etat=en_instruction&amp;page=1" in second.text


async def test_a_dossier_shows_facts_plan_needs_and_opinions_in_order(desk: Desk) -> None:
    candidacy_id = await desk.instructed(*COMMITTEES)

    page = words(await desk.ask("GET", f"/dossiers/{candidacy_id}"))

    for shown in ("LE-2026-001", "Ville de Lens", "Biodiversité et eau", "400 000 €", "Préparer les sols"):
        assert shown in page
    assert "de septembre 2026 à mars 2027" in page
    said = [page.index(f"Voici ce que dit le comité {committee}") for committee in COMMITTEES]
    assert said == sorted(said)
    assert "Les trois avis sont rendus" in page
    assert "Enregistrer la proposition" in page
    assert "Historique" in page


async def test_a_partner_sees_only_the_opinion_of_the_partners(desk: Desk) -> None:
    candidacy_id = await desk.instructed(*COMMITTEES)

    page = words(await desk.ask("GET", f"/dossiers/{candidacy_id}", "partner"))
    listed = words(await desk.ask("GET", "/", "partner"))

    assert "le comité technique" in page
    assert "le comité lyceen" not in page
    assert "Historique" not in page
    assert listed.count("non communiqué") == 2


@pytest.mark.parametrize("role", ["partner", "expert"])
async def test_jurors_do_not_open_what_is_not_theirs(desk: Desk, role: Role) -> None:
    candidacy_id = someone()
    await desk.do(handlers.receive_dossier, submitted(candidacy_id))

    assert (await desk.ask("GET", f"/dossiers/{candidacy_id}", role)).status_code == 403
    assert "Une forêt urbaine" not in words(await desk.ask("GET", "/?etat=recu", role))


@pytest.mark.parametrize("state", State)
async def test_a_dossier_has_a_page_in_every_state(desk: Desk, state: State) -> None:
    candidacy_id = await desk.instructed(*COMMITTEES) if state is State.DECIDE else someone()
    steps = {
        State.INCONNU: (),
        State.RECU: ((handlers.receive_dossier, submitted(candidacy_id)),),
        State.EN_INSTRUCTION: ((handlers.open_instruction, preselected(candidacy_id)),),
        State.HORS_INSTRUCTION: ((handlers.set_aside, not_retained(candidacy_id)),),
        State.DECIDE: ((settle, decision(candidacy_id)),),
        State.RETIRE: ((handlers.withdraw, withdrawn(candidacy_id)),),
    }
    for handler, command in steps[state]:
        await desk.do(handler, command)

    page = await desk.ask("GET", f"/dossiers/{candidacy_id}")
    listed = await desk.ask("GET", f"/?etat={state}")

    assert page.status_code == (404 if state is State.INCONNU else 200)
    assert (str(candidacy_id) in listed.text) is (state is not State.INCONNU)


@pytest.mark.parametrize("address", ["/dossiers/abc", "/dossiers/00000000-0000-4000-8000-000000000000", "/ailleurs"])
async def test_an_address_that_leads_nowhere_is_said_in_french(desk: Desk, address: str) -> None:
    answer = await desk.ask("GET", address)

    assert answer.status_code == 404
    assert "Cette page n'existe pas" in words(answer)


async def test_hostile_words_stay_words(desk: Desk) -> None:
    candidacy_id = await desk.instructed(title="<script>alert(1)</script>")
    form = {"committee": "technique", "avis": "favorable", "motif": '"><img src=x onerror=alert(1)>'}

    await desk.ask("POST", f"/dossiers/{candidacy_id}/avis", "staff", form)
    page = await desk.ask("GET", f"/dossiers/{candidacy_id}")

    assert "<script>alert" not in page.text
    assert "<img" not in page.text
