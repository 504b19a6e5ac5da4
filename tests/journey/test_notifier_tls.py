"""Under TLS, real handshakes: a certificate that is believed lets mails and the account through, no other does."""

import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from kernel.runtime.settings import Settings, WrongSetting
from notifier.domain.delivery import Delivery
from notifier.domain.states import State
from notifier.mail.posting import MailServer
from tests.journey.smtp_script import ScriptedServer, Secured, serving
from tests.notifier_story import World, a_world, contact, submitted

USER, PASSWORD = "label", "mot de passe à nous"  # a server of the test
WAYS = pytest.mark.parametrize("security", ["starttls", "tls"])


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        candidacy = uuid4()
        await made.hear_all([submitted(candidacy), contact(candidacy)])
        yield made


def certificate(folder: Path, name: str) -> Path:
    """A certificate for `name` and its key, in one file, signed by nobody but itself."""
    path = folder / "server.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=essai", "-days", "2"]
    made += ["-addext", f"subjectAltName={name}", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run(made, check=True, capture_output=True)
    path.write_bytes((folder / "cert.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return path


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("ours"), "IP:127.0.0.1")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("elsewhere"), "DNS:courriel.ailleurs.example")


def secured(file: Path, security: str) -> Secured:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return Secured(context, security == "tls", USER, PASSWORD)


async def send(world: World, server: ScriptedServer, **how: Any) -> Delivery:
    """The receipt after one attempt."""
    sender = world.sender(server.port, smtp_user=USER, **{"smtp_password": PASSWORD, **how})
    assert await sender.pump() == 1
    await sender.postman.rest()
    return await world.one("accuse_reception")


@WAYS
async def test_a_believed_certificate_lets_account_and_mail_through(world: World, ours: Path, security: str) -> None:
    async with serving(secured=secured(ours, security)) as server:
        sent = await send(world, server, smtp_security=security, smtp_ca_file=str(ours))

    assert sent.state is State.ENVOYE, sent.last_error
    assert [mail["Message-ID"] for mail in server.kept] == [sent.message_id]


@WAYS
async def test_an_unknown_authority_is_refused_unless_a_file_names_it(world: World, ours: Path, security: str) -> None:
    async with serving(secured=secured(ours, security)) as server:
        waiting = await send(world, server, smtp_security=security)

    assert (waiting.state, server.kept) == (State.A_ENVOYER, [])
    assert "certificat du serveur de courriel est refusé" in (waiting.last_error or "")
    assert "CHEVALEMENT_SMTP_CA_FILE" in (waiting.last_error or "")


@WAYS
async def test_a_certificate_of_another_name_is_refused(world: World, elsewhere: Path, security: str) -> None:
    async with serving(secured=secured(elsewhere, security)) as server:
        waiting = await send(world, server, smtp_security=security, smtp_ca_file=str(elsewhere))

    assert (waiting.state, server.kept) == (State.A_ENVOYER, [])
    assert "127.0.0.1" in (waiting.last_error or "")


@WAYS
async def test_a_wrong_password_waits_and_says_which_setting(world: World, ours: Path, security: str) -> None:
    async with serving(secured=secured(ours, security)) as server:
        waiting = await send(world, server, smtp_security=security, smtp_ca_file=str(ours), smtp_password="faux")

    assert (waiting.state, server.kept) == (State.A_ENVOYER, [])
    assert "refuse notre compte (535" in (waiting.last_error or "")
    assert PASSWORD not in (waiting.last_error or "")


async def test_a_server_that_cannot_encrypt_hears_nothing(world: World) -> None:
    async with serving() as server:
        waiting = await send(world, server, smtp_security="starttls")

    assert (waiting.state, server.kept) == (State.A_ENVOYER, [])
    assert "ne sait pas chiffrer" in (waiting.last_error or "")


async def test_what_waited_leaves_once_the_certificate_is_believed(world: World, ours: Path) -> None:
    async with serving(secured=secured(ours, "starttls")) as server:
        waiting = await send(world, server, smtp_security="starttls")
        assert waiting.due_at is not None
        world.clock.set(waiting.due_at)
        sent = await send(world, server, smtp_security="starttls", smtp_ca_file=str(ours))

    assert (sent.state, sent.attempts, len(server.kept)) == (State.ENVOYE, 2, 1)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_read_stop_the_start(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "authorities.pem"
    if content:
        file.write_text(content)
    settings = Settings.load(data=tmp_path, smtp_security="tls", smtp_ca_file=str(file))
    with pytest.raises(WrongSetting, match="CHEVALEMENT_SMTP_CA_FILE"):
        MailServer.of(settings)
