"""What recipients choose by the links of their mails: a GET changes nothing, a POST once or twice the same."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import html5lib
import httpx2
import pytest

from kernel.contracts.triage import AlertAnswered
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.settings import Settings
from notifier import app
from notifier.domain.states import State
from notifier.domain.subscription import Subscription
from notifier.mail.links import Key, Links
from notifier.store import listeners
from tests.journey.smtp_script import serving
from tests.listener_story import ANNE, due, listen, subscribed
from tests.notifier_story import ALERT_DELAY, START, World, proposed
from tests.watch_story import told

Pairs = dict[str, str | list[str]]
VALID: Pairs = {"rythme_tout": "quotidien", "heure": "10", "jour": "1"}


class Mailbox:
    """The notifier's pages without a session, and the links that a mail holds."""

    def __init__(self, folder: Path) -> None:
        clock = FixedClock(START)
        self.service = app.build(Settings.load(data=folder, secret="for tests"), "nats://127.0.0.1:1", clock)
        self.world = World(self.service.database, self.service.settings, clock)
        self.links = Links("for tests", "")

    async def ask(self, path: str, pairs: Pairs | None = None, **headers: str) -> httpx2.Response:
        """GET, or POST where there is a form; every page is parsed strictly."""
        transport = httpx2.ASGITransport(app=self.service.app)
        path = path.removeprefix("/alertes")
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            answer = await client.request("POST" if pairs is not None else "GET", path, data=pairs, headers=headers)
        if answer.headers.get("content-type", "").startswith("text/html"):
            html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer

    async def subscriptions(self) -> dict[str, Subscription]:
        async with self.world.database.reading() as session:
            return {one.subject: one for one in await listeners.subscriptions_of(session, ANNE)}

    async def answer(self, match: str) -> str:
        async with self.world.database.reading() as session:
            return await listeners.answer_of(session, ANNE, UUID(match))


@pytest.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[Mailbox]:
    made = Mailbox(tmp_path)
    await migrate.upgrade(made.service.database.engine, "notifier")
    yield made
    await made.service.database.close()


async def a_digest(mailbox: Mailbox) -> str:
    """A match told to Anne in a mail that waits; returns the identity of the match."""
    one = subscribed(ANNE)
    await listen(mailbox.world, one)
    match = proposed(uuid4(), 1)
    await mailbox.world.hear(match)
    mailbox.world.clock.set(START + ALERT_DELAY)
    await due(mailbox.world, one)
    return match.match_id.hex


async def test_a_get_never_unsubscribes_and_one_post_does_at_once(mailbox: Mailbox) -> None:
    await a_digest(mailbox)
    link = mailbox.links.unsubscribe(ANNE.hex, "veille")
    assert (await mailbox.ask(link)).status_code == 200
    assert (await mailbox.subscriptions())["tout"].rhythm == "immediat"

    for _ in range(2):
        assert (await mailbox.ask(link, {"List-Unsubscribe": "One-Click"})).status_code == 200

    assert (await mailbox.subscriptions())["tout"].rhythm == "jamais"
    assert (await mailbox.world.one("digest")).state is State.ANNULE


async def test_a_digest_carries_both_headers_and_its_links_work(mailbox: Mailbox) -> None:
    match = await a_digest(mailbox)
    async with serving() as server:
        await mailbox.world.sender(server.port).pump()

    (mail,) = [mail for mail in server.kept if mail["List-Unsubscribe"]]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>").removeprefix("https://label.example")
    assert (await mailbox.ask(link, {"List-Unsubscribe": "One-Click"})).status_code == 200
    text, html = (part.get_content() for part in mail.iter_parts())
    for answer in ("transmettre", "a_etudier", "pas_pour_moi"):
        address = mailbox.links.answer(ANNE.hex, match, answer)
        assert f'href="https://label.example{address}"' in html
        assert f"https://label.example{address.partition('?')[0]}\r\n" in text, (
            "one address, whose page has the answers"
        )


async def test_a_button_asks_first_and_is_kept_when_confirmed(mailbox: Mailbox) -> None:
    match = await a_digest(mailbox)
    link = mailbox.links.answer(ANNE.hex, match, "a_etudier")
    page = await mailbox.ask(link)
    assert (page.status_code, await mailbox.answer(match)) == (200, "")
    assert 'value="a_etudier" checked' in page.text

    for said in ("transmettre", "pas_pour_moi"):
        assert (await mailbox.ask(link, {"choix": said})).status_code == 303
    assert await mailbox.answer(match) == "pas_pour_moi"
    answers, named = await told(mailbox.service.database, AlertAnswered), str(UUID(match))
    assert [(one["match_id"], one["said"]) for one in answers] == [(named, "transmettre"), (named, "pas_pour_moi")]
    assert (await mailbox.ask(link, {"choix": "effacer"})).status_code == 422


@pytest.mark.parametrize("act", ["preferences", "desabonnement", "reponse"])
async def test_a_link_made_up_or_made_for_something_else_opens_nothing(mailbox: Mailbox, act: str) -> None:
    match = await a_digest(mailbox)
    wrong = "reponse" if act != "reponse" else "preferences"
    for token in (
        mailbox.links.token(Key(wrong, ANNE.hex, match)),
        Links("another key", "").token(Key(act, ANNE.hex, match)),
        "x",
        mailbox.links.token(Key(act, "personne", match)),
    ):
        for pairs in (None, VALID):
            assert (await mailbox.ask(f"/{act}/{token}", pairs)).status_code == 404


async def test_choices_are_kept_and_shown_again(mailbox: Mailbox) -> None:
    link = mailbox.links.preferences(ANNE.hex)
    sent = VALID | {
        "rythme_themes": "hebdomadaire",
        "themes": ["energie"],
        "tout_de_suite": "oui",
        "pause": "2026-04-01",
    }
    assert (await mailbox.ask(link, sent)).status_code == 303

    kept = await mailbox.subscriptions()
    assert (kept["tout"].rhythm, kept["tout"].hour, kept["tout"].weekday, kept["tout"].at_once) == (
        "quotidien",
        10,
        1,
        True,
    )
    assert (kept["themes"].values, kept["mes_projets"].rhythm) == (("energie",), "jamais")
    assert kept["tout"].paused_until == START.replace(month=4, day=1, hour=6)
    page = (await mailbox.ask(link + "?fait=oui")).text
    assert "Vos choix sont enregistrés" in page
    assert 'value="2026-04-01"' in page


async def test_a_changed_rhythm_forgets_nothing_and_a_return_begins_anew(mailbox: Mailbox) -> None:
    link = mailbox.links.preferences(ANNE.hex)
    await mailbox.ask(link, VALID)
    mailbox.world.clock.set(START + timedelta(days=1))
    await mailbox.ask(link, VALID | {"rythme_tout": "hebdomadaire"})
    assert (await mailbox.subscriptions())["tout"].since == START
    await mailbox.ask(link, VALID | {"rythme_tout": "jamais"})
    await mailbox.ask(link, VALID)
    assert (await mailbox.subscriptions())["tout"].since == START + timedelta(days=1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"heure": "3"}, "heure"),
        ({"heure": "٩"}, "heure"),
        ({"jour": "6"}, "jour"),
        ({"pause": "bientôt"}, "pause"),
        ({"rythme_tout": "souvent"}, "rythme_tout"),
        ({"rythme_themes": "quotidien"}, "themes"),
        ({"rythme_agglomerations": "quotidien", "agglomerations": ["inconnue"]}, "agglomerations"),
    ],
)
async def test_what_cannot_be_read_comes_back_with_its_error(mailbox: Mailbox, wrong: Pairs, field: str) -> None:
    answer = await mailbox.ask(mailbox.links.preferences(ANNE.hex), VALID | {"rythme_mes_projets": "quotidien"} | wrong)

    assert answer.status_code == 422
    assert f'id="{field}-erreur"' in answer.text
    assert await mailbox.subscriptions() == {}
    assert '<option value="quotidien" selected' in answer.text
