"""Who may call what: every route of the four services, tried by every role and by a stranger.

A route that is not in the list, or a line of the list without a route, fails; so does any answer that opens a
page to somebody else, or shuts it to its own.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args
from uuid import uuid4

import pytest

from intake.domain.people import Role as KeptRole
from kernel.contracts.registry import SERVICES
from kernel.runtime.auth import Role
from tests.pages.whole_house import ROLES, House, furnished, routes_of


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is let in, and what they are answered to a call with an empty form; the others get 401 or 403."""

    who: frozenset[Role | None]
    answers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Maker:
    """`STAFF(422)`: the rule that lets staff in and answers them 422; 200 where no answer is named."""

    who: frozenset[Role | None]

    def __call__(self, *answers: int) -> Rule:
        return Rule(self.who, frozenset(answers or {200}))


ALL, STAFF = Maker(frozenset(ROLES)), Maker(frozenset({"staff"}))
MEMBERS = Maker(frozenset(get_args(Role)))
PROPOSERS = Maker(frozenset({"staff", "expert"}))
MARKERS = Maker(frozenset({"partner", "expert"}))
JURORS, APPLICANTS = Maker(frozenset({"staff", "partner", "expert"})), Maker(frozenset({"applicant"}))
SORTERS = Maker(frozenset({"staff", "partner"}))
KEYED = ALL(404)
"""Open to whoever holds the key in the address, which nobody does here: it looks like a page that does not exist."""
MAILED = ("preferences", "desabonnement", "reponse")
COMMON = {("GET", "/health/live"): ALL(), ("GET", "/health/ready"): ALL(503)}
"""Ready is 503 here, since no broker is there."""

ACCESS: Mapping[str, Mapping[tuple[str, str], Rule]] = {
    "intake": COMMON
    | {
        ("GET", "/"): ALL(),
        ("GET", "/static"): ALL(307),
        ("GET", "/candidatures"): ALL(303),
        ("GET", "/candidatures/nouvelle"): ALL(),
        ("GET", "/candidatures/formulaire"): ALL(),
        ("POST", "/candidatures"): ALL(422),
        ("POST", "/brouillons"): ALL(303, 422),
        ("GET", "/brouillons/{draft_id}"): KEYED,
        ("PUT", "/brouillons/{draft_id}/champs"): ALL(404, 422),
        ("GET", "/brouillons/{draft_id}/verification"): KEYED,
        ("POST", "/brouillons/{draft_id}/verification"): KEYED,
        ("POST", "/brouillons/{draft_id}/suppression"): KEYED,
        ("POST", "/brouillons/{draft_id}/fichiers"): KEYED,
        ("POST", "/brouillons/{draft_id}/garder"): KEYED,
        ("GET", "/brouillons/{draft_id}/fichiers/{attachment_id}"): KEYED,
        ("GET", "/brouillons/{draft_id}/{section}"): KEYED,
        ("POST", "/brouillons/{draft_id}/{section}"): KEYED,
        ("GET", "/candidatures/{candidacy_id}/accuse"): KEYED,
        ("GET", "/candidatures/{candidacy_id}/accuse.pdf"): ALL(200, 404),  # 200 for staff: see below
        ("POST", "/candidatures/{candidacy_id}/retrait"): KEYED,
        ("GET", "/dossiers"): STAFF(),
        ("GET", "/dossiers.csv"): STAFF(),
        ("GET", "/dossiers.xlsx"): STAFF(),
        ("GET", "/dossiers.ods"): STAFF(),
        ("GET", "/dossiers.zip"): STAFF(),
        ("POST", "/dossiers/vues"): STAFF(422),
        ("POST", "/dossiers/vues/{view_id}/suppression"): STAFF(303),
        ("GET", "/dossiers/{candidacy_id}"): STAFF(),
        ("GET", "/dossiers/{candidacy_id}/dossier.pdf"): STAFF(),
        ("GET", "/dossiers/{candidacy_id}/fichiers/{attachment_id}"): STAFF(200, 404),
        ("GET", "/dossiers/{candidacy_id}/pieces"): MARKERS(403),  # nobody sits on it
        ("GET", "/dossiers/{candidacy_id}/pieces/{attachment_id}"): MARKERS(403),
        ("POST", "/dossiers/{candidacy_id}/relecture"): STAFF(422),
        ("POST", "/dossiers/{candidacy_id}/preselection"): STAFF(422),
        ("GET", "/dossiers/{candidacy_id}/versions"): STAFF(),
        ("POST", "/dossiers/{candidacy_id}/hors-delai"): STAFF(422),
        ("POST", "/dossiers/{candidacy_id}/suivi"): STAFF(422),
        ("POST", "/dossiers/{candidacy_id}/suivi/accord"): STAFF(409),  # nothing is written in it
        ("POST", "/dossiers/{candidacy_id}/suivi/{line_id}"): STAFF(303),
        ("POST", "/dossiers/{candidacy_id}/corrections"): STAFF(422),
        ("POST", "/dossiers/{candidacy_id}/corrections/{correction_id}/retrait"): STAFF(303, 404),
        ("POST", "/dossiers/{candidacy_id}/messages"): STAFF(422),
        ("POST", "/dossiers/{candidacy_id}/messages/sans-reponse"): STAFF(303),
        ("POST", "/dossiers/{candidacy_id}/notes"): STAFF(422),
        ("POST", "/dossiers/{candidacy_id}/affectation"): STAFF(303),
        ("POST", "/dossiers/{candidacy_id}/etiquettes"): STAFF(303),
        ("POST", "/dossiers/{candidacy_id}/lu"): STAFF(303),
        ("POST", "/dossiers/lot"): STAFF(422),
        ("POST", "/dossiers/lot/confirmation"): STAFF(422),
        ("GET", "/actes"): STAFF(),
        ("GET", "/actes/{act_id}"): STAFF(),
        ("POST", "/actes/{act_id}/maintenant"): STAFF(303),
        ("POST", "/actes/{act_id}/annulation"): STAFF(409),  # it has just been done
        ("GET", "/preselection"): STAFF(),
        ("GET", "/preselection/lecture"): STAFF(),
        ("POST", "/preselection/selections"): STAFF(422),
        ("GET", "/preselection/selections/{selection_id}/decision"): STAFF(),
        ("POST", "/preselection/selections/{selection_id}/decision"): STAFF(422),
        ("POST", "/preselection/selections/{selection_id}"): STAFF(303),
        ("POST", "/preselection/selections/{selection_id}/suppression"): STAFF(303),
        ("GET", "/a-faire"): STAFF(),
        ("POST", "/a-faire/de-cote"): STAFF(422),
        ("POST", "/a-faire/retour"): STAFF(303),
        ("GET", "/donnees"): STAFF(),
        ("POST", "/donnees"): STAFF(422),
        ("GET", "/effacements/{erasure_id}"): KEYED,
        ("GET", "/vagues"): STAFF(),
        ("POST", "/vagues"): STAFF(422),
        ("POST", "/vagues/{wave_id}/prolongation"): STAFF(404, 422),
        ("POST", "/vagues/{wave_id}/abandon"): STAFF(303),
        ("GET", "/equipe"): STAFF(),
        ("POST", "/equipe"): STAFF(422),
        ("GET", "/equipe/{person_id}/desactiver"): STAFF(),
        ("POST", "/equipe/{person_id}/desactiver"): STAFF(409),  # nobody shuts themselves out
        ("GET", "/mes-dossiers"): APPLICANTS(),
        ("GET", "/mes-donnees"): MEMBERS(200, 404),  # 404 for whoever is not kept as a person
        ("POST", "/mes-donnees/archive"): MEMBERS(303, 404),
        ("GET", "/mes-donnees/archive.zip"): MEMBERS(200, 404),
        ("GET", "/mes-donnees/effacement"): APPLICANTS(200, 404),
        ("POST", "/mes-donnees/effacement"): APPLICANTS(303, 404),  # not confirmed
        ("GET", "/mes-dossiers/{candidacy_id}"): APPLICANTS(404),  # nobody's but its porteurs'
        ("GET", "/mes-dossiers/{candidacy_id}/versions"): APPLICANTS(404),
        ("POST", "/mes-dossiers/{candidacy_id}/messages"): APPLICANTS(404),
        ("POST", "/mes-dossiers/{candidacy_id}/fichiers"): APPLICANTS(404),
        ("GET", "/mes-dossiers/{candidacy_id}/fichiers/{attachment_id}"): APPLICANTS(404),
        ("GET", "/mes-dossiers/{candidacy_id}/financements"): APPLICANTS(404),
        ("POST", "/mes-dossiers/{candidacy_id}/financements/{match_id}"): APPLICANTS(404),
        ("POST", "/mes-dossiers/{candidacy_id}/suivi"): APPLICANTS(404),
        ("POST", "/mes-dossiers/{candidacy_id}/suivi/accord"): APPLICANTS(404),
        ("POST", "/mes-dossiers/{candidacy_id}/suivi/{line_id}"): APPLICANTS(404),
        ("POST", "/mes-dossiers/{candidacy_id}/nouvelles"): APPLICANTS(404),
        ("POST", "/mes-dossiers/{candidacy_id}/modifier"): APPLICANTS(404),
        ("POST", "/mes-dossiers/{candidacy_id}/reprendre"): APPLICANTS(404),
        ("POST", "/mes-dossiers/{candidacy_id}/retrait"): APPLICANTS(404),
        ("POST", "/mes-dossiers/{candidacy_id}/partage"): APPLICANTS(404),
        ("POST", "/mes-dossiers/{candidacy_id}/partage/{person_id}/retirer"): APPLICANTS(404),
        ("GET", "/connexion"): ALL(200, 303),
        ("POST", "/connexion"): ALL(422),
        ("GET", "/connexion/compte"): ALL(404),  # no provider is configured here
        ("GET", "/connexion/retour"): ALL(404),
        ("GET", "/entrer"): ALL(),
        ("POST", "/entrer"): ALL(401),  # without a link
        ("POST", "/sortir"): ALL(303),
        ("GET", "/mentions-legales"): ALL(),
        ("GET", "/donnees-personnelles"): ALL(),
        ("GET", "/accessibilite"): ALL(),
    },
    "scoring": COMMON
    | {
        ("GET", "/"): JURORS(),
        ("GET", "/dossiers/{candidacy_id}"): JURORS(),
        ("GET", "/dossiers/{candidacy_id}/avis"): JURORS(200, 303),
        ("POST", "/dossiers/{candidacy_id}/avis"): JURORS(422),
        ("GET", "/direct"): ALL(),
        ("GET", "/direct/{code}"): ALL(422),
        ("GET", "/direct/{code}/etat"): KEYED,
        ("POST", "/direct/{code}"): KEYED,
        ("GET", "/seances/{sitting_id}/direct"): STAFF(404),
        ("POST", "/seances/{sitting_id}/direct"): STAFF(404),
        ("POST", "/seances/{sitting_id}/direct/tour"): STAFF(404),
        ("POST", "/seances/{sitting_id}/direct/papier"): STAFF(404),
        ("GET", "/seances/{sitting_id}/direct/ecran"): STAFF(404),
        ("GET", "/seances/{sitting_id}/direct/flux"): STAFF(404),
        ("GET", "/methode"): ALL(),
        ("GET", "/retours/{key}"): KEYED,
        ("GET", "/retours/{key}/lettre.pdf"): KEYED,
        ("GET", "/dossiers/{candidacy_id}/proposition"): PROPOSERS(200, 303, 409),
        ("POST", "/dossiers/{candidacy_id}/proposition"): PROPOSERS(409, 422),
        ("GET", "/dossiers/{candidacy_id}/lettre"): STAFF(409),
        ("POST", "/dossiers/{candidacy_id}/lettre"): STAFF(409),
        ("GET", "/dossiers/{candidacy_id}/lettre.pdf"): STAFF(404),
        ("POST", "/dossiers/{candidacy_id}/suspension"): STAFF(422),
        ("POST", "/dossiers/{candidacy_id}/reprise"): STAFF(409),
        ("GET", "/vagues/{wave_id}/decisions"): STAFF(404),
        ("GET", "/vagues/{wave_id}/forum"): STAFF(404),
        ("POST", "/vagues/{wave_id}/forum"): STAFF(404),
        ("GET", "/vagues/{wave_id}/repetition"): STAFF(404),
        ("POST", "/vagues/{wave_id}/liberation"): STAFF(409),
        ("GET", "/vagues/{wave_id}/proces-verbal.pdf"): STAFF(404),
        ("GET", "/vagues/{wave_id}/dossier-de-decision.zip"): STAFF(404),
        ("GET", "/dossiers/{candidacy_id}/decision"): STAFF(200, 303, 409),
        ("POST", "/dossiers/{candidacy_id}/decision"): STAFF(409, 422),
        ("GET", "/mes-notes"): MARKERS(),
        ("POST", "/seances/{sitting_id}/place"): MARKERS(404),
        ("GET", "/seances/{sitting_id}/reperes/{repere}"): MARKERS(404),
        ("POST", "/seances/{sitting_id}/reperes/{repere}"): MARKERS(404),
        ("GET", "/seances/{sitting_id}/dossiers/{candidacy_id}/liens"): MARKERS(404),
        ("POST", "/seances/{sitting_id}/dossiers/{candidacy_id}/liens"): MARKERS(404),
        ("GET", "/seances/{sitting_id}/dossiers/{candidacy_id}/notes/{axe}"): MARKERS(404),
        ("POST", "/seances/{sitting_id}/dossiers/{candidacy_id}/notes/{axe}"): MARKERS(404),
        ("PUT", "/seances/{sitting_id}/dossiers/{candidacy_id}/champs"): MARKERS(404, 422),
        ("GET", "/seances/{sitting_id}/dossiers/{candidacy_id}/discussion"): MARKERS(404),
        ("POST", "/seances/{sitting_id}/dossiers/{candidacy_id}/discussion"): MARKERS(404),
        ("GET", "/seances/{sitting_id}/revue"): MARKERS(404),
        ("POST", "/seances/{sitting_id}/revue"): MARKERS(404),
        ("GET", "/seances"): STAFF(),
        ("POST", "/seances"): STAFF(422),
        ("GET", "/seances/{sitting_id}"): STAFF(404),
        ("POST", "/seances/{sitting_id}/phase"): STAFF(404),
        ("POST", "/seances/{sitting_id}/jures"): STAFF(404),
        ("POST", "/seances/{sitting_id}/recusations"): STAFF(404),
        ("POST", "/seances/{sitting_id}/relance"): STAFF(404),
        ("GET", "/seances/{sitting_id}/tableau"): STAFF(404),
        ("GET", "/seances/{sitting_id}/ordre-du-jour"): STAFF(404),
        ("POST", "/seances/{sitting_id}/ordre-du-jour"): STAFF(404),
        ("GET", "/vagues/{wave_id}"): STAFF(404),
        ("GET", "/vagues/{wave_id}/notes.csv"): STAFF(404),
        ("GET", "/vagues/{wave_id}/dossiers/{candidacy_id}"): STAFF(404),
    },
    "funding_watch": COMMON
    | {
        ("GET", "/"): STAFF(),
        ("GET", "/appels/{key:path}"): STAFF(404),
        ("GET", "/copies/{key:path}"): STAFF(404),
        ("GET", "/projets"): STAFF(),
        ("GET", "/projets/{candidacy_id}"): STAFF(),
        ("GET", "/sources"): STAFF(),
        ("POST", "/sources/{name}/lire"): STAFF(404),
        ("GET", "/sources/{name}/accepter"): STAFF(404),
        ("POST", "/sources/{name}/accepter"): STAFF(404, 422),
        ("POST", "/decisions/{key:path}"): STAFF(404, 422),
        ("POST", "/quarantaine/{key:path}"): STAFF(404, 422),
        ("GET", "/projets/{candidacy_id}/abonnements"): STAFF(),
        ("POST", "/projets/{candidacy_id}/abonnements"): STAFF(422),
        ("POST", "/abonnements/{feed_id}/revoquer"): STAFF(404),
        ("GET", "/flux/{key}.atom"): KEYED,
        ("GET", "/flux/{key}.ics"): KEYED,
        ("GET", "/doublons"): STAFF(),
        ("GET", "/doublons/{pair_id}"): STAFF(404),
        ("POST", "/doublons/{pair_id}"): STAFF(404, 422),
        ("POST", "/doublons/{pair_id}/annuler"): STAFF(404),
        ("GET", "/projets/{candidacy_id}/pourquoi"): STAFF(),
        ("GET", "/projets/{candidacy_id}/montage"): STAFF(),
        ("POST", "/projets/{candidacy_id}/montage"): STAFF(),
        ("GET", "/tri"): SORTERS(),
        ("POST", "/tri/lot"): SORTERS(422),
        ("POST", "/tri/lot/confirmation"): SORTERS(422),
        ("POST", "/tri/annuler"): SORTERS(303),
        ("GET", "/vues"): STAFF(),
        ("POST", "/vues"): STAFF(422),
        ("POST", "/vues/{view_id}/nom"): STAFF(422),
        ("POST", "/vues/{view_id}/suppression"): STAFF(404),
        ("GET", "/tri/vues"): SORTERS(),
        ("POST", "/tri/vues"): SORTERS(422),
        ("POST", "/tri/vues/{view_id}/nom"): SORTERS(422),
        ("POST", "/tri/vues/{view_id}/suppression"): SORTERS(404),
        ("GET", "/tri/{match_id}"): SORTERS(404),
        ("POST", "/tri/{match_id}/etat"): SORTERS(404),
        ("POST", "/tri/{match_id}/annuler"): SORTERS(404),
        ("POST", "/tri/{match_id}/notes"): SORTERS(404),
        ("POST", "/tri/{match_id}/suivi"): SORTERS(404),
        ("GET", "/decryptage/{key:path}"): STAFF(404),
        ("POST", "/decryptage/{key:path}"): STAFF(404),
        ("GET", "/previsions"): STAFF(),
        ("GET", "/saisies/nouvelle"): STAFF(),
        ("POST", "/saisies/nouvelle"): STAFF(422),
        ("GET", "/saisies/{reference}"): STAFF(404),
        ("POST", "/saisies/{reference}"): STAFF(404),
        ("POST", "/saisies/{reference}/retrait"): STAFF(404),
        ("POST", "/saisies/{reference}/reprise"): STAFF(404),
        ("GET", "/appels.csv"): STAFF(),
        ("GET", "/appels.ods"): STAFF(),
        ("GET", "/appels.json"): STAFF(),
        ("GET", "/appels.atom"): ALL(),
        ("GET", "/appels.ics"): ALL(),
        ("GET", "/common-grants/opportunities"): ALL(),
        ("GET", "/common-grants/opportunities/{opportunity_id}"): ALL(404),
        ("POST", "/common-grants/opportunities/search"): ALL(200, 400),
    },
    "notifier": COMMON
    | {
        ("GET", "/"): STAFF(),
        ("GET", "/messages/{delivery_id:uuid}"): STAFF(),
        ("GET", "/messages/{delivery_id:uuid}/contenu"): STAFF(404),  # a personal link is shown to nobody
        ("POST", "/messages/{delivery_id:uuid}/renvoyer"): STAFF(409),
        ("GET", "/volumes"): STAFF(),
        ("GET", "/dossiers/{candidacy_id:uuid}"): STAFF(200, 404),
        ("GET", "/modeles"): STAFF(),
        ("GET", "/modeles/{kind}"): STAFF(),
        ("GET", "/modeles/{kind}/apercu"): STAFF(),
        ("POST", "/modeles/{kind}"): STAFF(422),
        ("GET", "/salons"): STAFF(),
        ("POST", "/salons"): STAFF(422),
        ("POST", "/salons/{room_id:uuid}/fermer"): STAFF(404),
        ("GET", "/mes-alertes"): STAFF(),
        ("POST", "/mes-alertes"): STAFF(422),
        ("POST", "/receptions"): KEYED,
    }
    | {(way, f"/{act}/{{token}}"): KEYED for way in ("GET", "POST") for act in MAILED},
}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as made:
        yield made


NOT_THERE = ("correction", "draft", "sitting", "wave", "view", "opportunity", "pair", "match")
NOT_THERE += ("feed", "room", "erasure")
"""What an address may be about and is not in the house."""


def address(house: House, path: str) -> str:
    """The path of a template, about what is in the house."""
    known = {
        "{candidacy_id}": house.mine.candidacy_id,
        "{kind}": "decision",
        "{attachment_id}": house.plan,
        "{line_id}": uuid4(),
        "{person_id}": house.staff,
        "{delivery_id}": house.delivery,
        "{section}": "projet",
        "{act_id}": house.act,
        "{selection_id}": house.selection,
        "{axe}": "transition",
        "{code}": "ABCDEF",
        "{key}": "une-cle-inconnue",
        "{key:path}": "aides_territoires:1",
        "{name}": "inconnue",
        "{reference}": "inconnue",
        "{token}": "inconnu",
        "{repere}": "inconnu",
    }
    path = path.replace(":uuid}", "}")
    for name, value in known.items():
        path = path.replace(name, str(value))
    for name in NOT_THERE:
        path = path.replace(f"{{{name}_id}}", str(uuid4()))
    assert "{" not in path, f"tell this test what {path} is about"
    return path


def test_the_roles_that_intake_keeps_are_those_of_the_kernel() -> None:
    assert get_args(KeptRole) == get_args(Role)


async def test_every_route_is_in_the_list_and_every_line_is_a_route(house: House) -> None:
    for name in SERVICES:
        assert routes_of(house.services[name]) == set(ACCESS[name]), name


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", SERVICES)
async def test_each_page_opens_to_its_own_and_to_nobody_else(house: House, name: str, role: Role | None) -> None:
    wrong = []
    for (method, path), rule in ACCESS[name].items():
        if path == "/sortir":
            continue  # it would end the session under way; nobody is refused it, see below
        expected = rule.answers if role in rule.who else {401} if role is None else {403}
        answer = await house.ask(name, method, address(house, path), role)
        if answer.status_code not in expected:
            wrong.append(f"{method} {path}: {answer.status_code}, not {sorted(expected)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ROLES)
async def test_anybody_may_leave(house: House, role: Role | None) -> None:
    assert (await house.ask("intake", "POST", "/sortir", role)).status_code == 303


@pytest.mark.parametrize("role", ROLES)
async def test_a_receipt_opens_to_its_key_and_to_its_contact(house: House, role: Role | None) -> None:
    for receipt in (house.mine, house.other):
        page = f"/candidatures/{receipt.candidacy_id}/accuse"
        is_contact = role == "applicant" and receipt is house.other
        assert (await house.ask("intake", "GET", page, role)).status_code == (200 if is_contact else 404)
        assert (await house.ask("intake", "GET", f"{page}?cle={receipt.key}", role)).status_code == 200
        copy = await house.ask("intake", "GET", f"{page}.pdf", role)
        assert copy.status_code == (200 if is_contact or role == "staff" else 404)
