"""Letters read back as they were written, several lines to one server, paces kept, signatures that verify."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from uuid import uuid4

import dkim
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kernel.runtime.settings import Settings, WrongSetting
from notifier.domain import delivery as deliveries
from notifier.domain.delivery import Delivery
from notifier.domain.states import State
from notifier.mail.letter import Letter
from notifier.mail.pace import Pace
from notifier.mail.rounds import Round
from notifier.mail.signing import signature_of
from tests.journey.smtp_script import serving
from tests.notifier_story import START, World, a_world, contact, submitted

LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200).map(
    lambda text: " ".join(text.split())
)
BODY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


@example(subject="", text="é" * 400, html="<p>" + "é" * 400)  # long lines, and no line break
@settings(deadline=None)  # a busy machine is no fault
@given(subject=LINE, text=BODY, html=BODY)
def test_a_letter_is_read_back_as_it_was_written(subject: str, text: str, html: str) -> None:
    letter = Letter("Label <a@pole.example>", "b@c.example", subject, {"Message-ID": "<1@x>"}, text, html, "ab")
    read = message_from_bytes(letter.raw(), policy=policy.default)
    assert (str(read["Subject"]), str(read["To"]), read.defects) == (subject, "b@c.example", [])
    shown = [part.get_payload(decode=True).decode() for part in read.iter_parts()]
    assert shown == [text.replace("\n", "\r\n"), html.replace("\n", "\r\n")]
    assert max(map(len, letter.raw().split(b"\r\n"))) <= 998


@pytest.mark.parametrize("name", ["To", "Subject", "References"])
def test_a_header_never_breaks_its_line(name: str) -> None:
    values = {"To": "b@c.example", "Subject": "Objet", "References": "<1@x>"} | {name: "x\r\nBcc: y@z.example"}
    with pytest.raises(ValueError, match=name):
        Letter("a@b.example", values["To"], values["Subject"], {"References": values["References"]}, "", "", "a").raw()


async def many(world: World, count: int) -> None:
    for _ in range(count):
        candidacy = uuid4()
        await world.hear_all([submitted(candidacy), contact(candidacy)])


async def test_a_long_round_takes_several_lines_and_sends_each_once(world: World) -> None:
    await many(world, 40)
    async with serving() as server:
        assert await world.sender(server.port).pump() == 40

    assert server.lines == 4
    sent = await world.deliveries()
    assert {one.state for one in sent} == {State.ENVOYE}
    assert sorted(mail["Message-ID"] for mail in server.kept) == sorted(str(one.message_id) for one in sent)


async def test_a_server_that_wants_one_line_only_is_not_away(world: World) -> None:
    await many(world, 40)
    async with serving(most=1) as server:
        sender = world.sender(server.port)
        while await sender.pump():
            pass

    assert len(server.kept) == 40
    assert {(one.state, one.attempts) for one in await world.deliveries()} == {(State.ENVOYE, 1)}


def test_a_pace_is_kept_over_all_and_by_domain() -> None:
    now = [0.0]
    pace = Pace(rate=2, domain_rate=1, now=lambda: now[0])
    assert pace.wait("a@x.example") == 0
    assert pace.wait("b@x.example") == 1, "one a second to one domain"
    assert pace.wait("a@y.example") == 0
    assert pace.wait("a@z.example") == 0.5, "two a second over all"
    now[0] = 1.0
    assert pace.wait("b@X.example") == 0
    assert Pace().wait("a@x.example") == 0


def test_a_slow_domain_holds_nobody_else_back(world_of_two: list[Delivery]) -> None:
    hand = Round(world_of_two, asyncio.Event())
    pace = Pace(domain_rate=1, now=lambda: 0.0)
    taken = [hand.next(pace, lambda _: True) for _ in range(3)]
    assert [one.address if isinstance(one, Delivery) else one for one in taken] == ["a@slow.example", "c@x.example", 1]


@pytest.fixture
def world_of_two() -> list[Delivery]:
    born = [deliveries.to_staff(uuid4(), "alerte_equipe", {}, START) for _ in range(3)]
    addresses = ("a@slow.example", "b@slow.example", "c@x.example")
    return [replace(one, address=to, recipient=to) for one, to in zip(born, addresses, strict=True)]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A private key, and the public one as a DNS record has it."""
    path = tmp_path_factory.mktemp("dkim") / "key.pem"
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", path, "2048"], check=True, capture_output=True)
    public = subprocess.run(
        ["openssl", "rsa", "-in", path, "-pubout"],
        check=True,
        capture_output=True,
    ).stdout.splitlines()
    return path, b"v=DKIM1; k=rsa; p=" + b"".join(public[1:-1])


async def test_mails_are_signed_with_their_right_to_unsubscribe(key: tuple[Path, bytes], tmp_path: Path) -> None:
    signing = Settings.load(data=tmp_path, dkim_selector="courriel", dkim_key_file=str(key[0]))
    headers = {"List-Unsubscribe": "<https://x.example/d>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    sender = "Label <label@pole-artois.example>"
    letter = Letter(sender, "a@b.example", "Été", headers, "Bonjour", "<p>Bonjour</p>", "a")
    raw = signature_of(signing)(letter.raw())
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: key[1])
    assert b"list-unsubscribe-post" in raw.partition(b"bh=")[0]
    assert not dkim.verify(raw.replace(b"One-Click", b"Two-Click"), dnsfunc=lambda name, timeout=5: key[1])


def test_a_key_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="DKIM_KEY_FILE"):
        signature_of(Settings.load(data=tmp_path, dkim_selector="s", dkim_key_file=str(tmp_path / "none.pem")))
