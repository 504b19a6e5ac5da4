"""The pages of a live session: a phone without a script, the room's screen, and what a stranger may not see."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from scoring.domain import live as rules
from scoring.handlers import live as led
from scoring.pages import gathering, live_desk
from scoring.store import live as kept
from tests.live_story import answer, form, room
from tests.pages.scoring_desk import Desk, opened, words


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def test_a_phone_answers_without_a_script(desk: Desk) -> None:
    live, (first, _) = await room(desk.service.database)
    transport = httpx2.ASGITransport(app=desk.service.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as phone:
        page = await phone.get(f"/direct/{live.code}")
        voice = re.search(r'name="voix" value="([\w-]+)"', page.text)
        assert voice
        sent = await phone.post(f"/direct/{live.code}", data=form(first, voice=voice[1], word="Super"))

    assert sent.status_code == 303
    assert "HttpOnly" in page.headers["set-cookie"]
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://desk.test", cookies={"voix": voice[1]}
    ) as phone:
        assert "C'est reçu, merci." in words(await phone.get(f"/direct/{live.code}"))


async def test_what_is_missing_is_said_beside_its_question(desk: Desk) -> None:
    live, (first, _) = await room(desk.service.database)
    half = {**form(first, voice="a", word="x" * 200), "note-enjeux": ""}

    wrong = await desk.ask("POST", f"/direct/{live.code}", None, half)

    assert wrong.status_code == 422
    assert 'id="note-enjeux-erreur"' in wrong.text
    assert 'id="mot-erreur"' in wrong.text
    assert re.search(r'name="note-comprendre" value="3" checked', wrong.text)


async def test_a_code_is_typed_as_one_can(desk: Desk) -> None:
    live, _ = await room(desk.service.database)
    typed = f" {live.code[:3].lower()} {live.code[3:].lower()}"

    assert (await desk.ask("GET", f"/direct?code={typed}", None)).headers[
        "location"
    ] == f"/instruction/direct/{live.code}"
    assert "six lettres" in words(await desk.ask("GET", "/direct?code=abc", None))
    assert "Aucune session n'a ce code" in words(await desk.ask("GET", "/direct/ZZZZZZ", None))


async def test_results_stay_hidden_until_staff_reveal_them(desk: Desk) -> None:
    live, (first, _) = await room(desk.service.database)
    base = f"/seances/{live.sitting_id}/direct"
    await desk.do(led.answer, answer(live, first, "a"))

    hidden = words(await desk.ask("GET", f"{base}/ecran"))
    await desk.ask("POST", f"{base}/tour", "staff", {"geste": "montrer"})
    shown = await desk.ask("GET", f"{base}/ecran")

    assert live.code in hidden
    assert "Plutôt oui" not in hidden
    assert "Plutôt oui" in words(shown)
    assert "<svg" in shown.text


async def test_the_screen_hears_of_each_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_desk, "BEAT", 0.01)
    monkeypatch.setattr(live_desk, "STREAM", 4)
    live, (first, _) = await room(desk.service.database)
    base = f"/seances/{live.sitting_id}/direct/flux"
    before = await desk.ask("GET", base)
    await asyncio.gather(*(desk.do(led.answer, answer(live, first, f"telephone-{n}")) for n in range(3)))
    after = await desk.ask("GET", base)

    def last(stream: httpx2.Response) -> dict[str, object]:
        found: dict[str, object] = json.loads(re.findall(r"^data: (.*)$", stream.text, re.MULTILINE)[-1])
        return found

    assert before.headers["content-type"].startswith("text/event-stream")
    assert (last(before)["answers"], last(after)["answers"]) == (0, 3)


async def test_wrong_ballots_come_back_as_they_were_typed(desk: Desk) -> None:
    live, (first, _) = await room(desk.service.database)
    base = f"/seances/{live.sitting_id}/direct"

    wrong = await desk.ask("POST", f"{base}/papier", "staff", {"dossier": str(first), "lot": "a", "bulletins": "3 4\n"})
    right = await desk.ask("POST", f"{base}/papier", "staff", {"dossier": str(first), "lot": "a", "bulletins": "3 4 s"})

    assert wrong.status_code == 422
    assert "Bulletin 1" in words(wrong)
    assert "3 4\n" in wrong.text
    assert right.status_code == 303


async def test_the_last_screen_says_the_session_is_over(desk: Desk) -> None:
    live, _ = await room(desk.service.database)
    async with desk.service.database.work() as work:
        await led.lead(work, live.sitting_id, rules.end)

    assert "La session est terminée" in words(await desk.ask("GET", f"/direct/{live.code}", None))
    assert "La session est terminée" in words(await desk.ask("GET", f"/seances/{live.sitting_id}/direct"))


async def test_three_hundred_answers_at_once_are_all_kept(desk: Desk) -> None:
    live, (first, _) = await room(desk.service.database)
    headers = {"Accept": "application/json"}
    transport = httpx2.ASGITransport(app=desk.service.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", headers=headers) as client:
        bodies = [form(first, voice=f"telephone-{n}") for n in range(300)]
        sent = await asyncio.gather(*(client.post(f"/direct/{live.code}", data=body) for body in bodies))
        wrong = await client.post(f"/direct/{live.code}", data=form(live.sitting_id, voice="a"))

    assert {answer.status_code for answer in sent} == {200}
    assert (wrong.status_code, "pas encore présenté" in wrong.json()["detail"]) == (409, True)
    async with desk.service.database.reading() as session:
        assert (await kept.tally(session, live)).voices == 300


async def test_a_transaction_that_fails_is_told_to_everybody_and_the_next_one_works(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, (first, _) = await room(desk.service.database)
    together = gathering.Gathering(desk.service.database)

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(gathering, "answer_all", broken)
        found = await asyncio.gather(
            *(together.answer(answer(live, first, f"telephone-{n}")) for n in range(3)), return_exceptions=True
        )
    await together.answer(answer(live, first, "telephone-0"))

    assert [type(one) for one in found] == [ZeroDivisionError] * 3
    async with desk.service.database.reading() as session:
        assert (await kept.tally(session, live)).voices == 1
