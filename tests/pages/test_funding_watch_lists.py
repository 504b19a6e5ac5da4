"""The list of calls as a view that can be mailed: searched, sorted, taken away as a file; and what to expect."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import html5lib
import httpx2
import odfdo
import pytest

from funding_watch import app
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.service import Service
from kernel.runtime.sessions import COOKIE
from kernel.runtime.settings import Settings
from tests.sign_in import cookie_of
from tests.watch_story import START, call, english_call, moment, read

CALLS = (
    call("bank", title="Berges et rivières", amount_max=20_000, closes_at=moment(20), description=""),
    call("bike", title="=Plan vélo", amount_max=90_000, closes_at=moment(60), audiences=("association",)),
    english_call(amount_max=None),
    call("old", title="Cantines 2026", closes_at=moment(-9), opens_on=date(2026, 1, 8)),
    call("older", title="Cantines 2025", closes_at=moment(-370), opens_on=date(2025, 1, 20)),
)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    settings = Settings.load(data=tmp_path, aides_territoires_token="t")
    made = app.build(settings, "nats://127.0.0.1:1", FixedClock(START))
    await migrate.upgrade(made.database.engine, "funding_watch")
    await read(made.database, *CALLS)
    yield made
    await made.database.close()


async def ask(service: Service, path: str) -> httpx2.Response:
    cookies = {COOKIE: await cookie_of(service, "Équipe du Label", "staff")}
    transport = httpx2.ASGITransport(app=service.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies=cookies) as client:
        answer = await client.get(path)
    if answer.headers["content-type"].startswith("text/html"):
        html5lib.HTMLParser(strict=True).parse(answer.text)
    return answer


async def refs(service: Service, view: str) -> list[str]:
    answer = await ask(service, f"/appels.json{view}")
    return [one["source_ref"] for one in json.loads(answer.content)]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("?q=riviere", ["bank"]),
        ("?q=VELOS&pour=association", ["bike"]),
        ("?q=velos&pour=commune", []),
        ("?tri=montant&statut=ouvert", ["bike", "bank", "EN-1"]),
        ("?tri=echeance&statut=ouvert", ["bank", "bike", "EN-1"]),
        ("?tri=n'importe&source=perdue&nature=x&statut=clos", ["older", "old"]),
    ],
)
async def test_a_view_is_its_address(service: Service, view: str, expected: list[str]) -> None:
    assert await refs(service, view) == expected
    page = (await ask(service, f"/{view}")).text
    assert all(f"%3A{ref}" in page or f":{ref}" in page for ref in expected)


async def test_the_files_hold_what_the_view_shows_and_nothing_runs(service: Service) -> None:
    view = "?tri=titre&pour=association"
    table = list(csv.DictReader(io.StringIO((await ask(service, f"/appels.csv{view}")).content.decode("utf-8-sig"))))
    document = odfdo.Document(io.BytesIO((await ask(service, f"/appels.ods{view}")).content))
    cells = [[cell.value for cell in row.cells] for row in document.body.tables[0].rows]

    assert [row["title"] for row in table] == ["'=Plan vélo"]
    assert [row[cells[0].index("title")] for row in cells[1:]] == ["=Plan vélo"]
    assert cells[1][cells[0].index("amount_max")] == 90_000
    assert "formula" not in document.get_part("content").serialize().decode()  # type: ignore[union-attr]  # an XML part


async def test_what_may_reopen_is_shown_as_a_forecast(service: Service) -> None:
    listed = (await ask(service, "/previsions")).text
    shown = (await ask(service, "/appels/aides_territoires:old")).text

    assert "Prévision" in listed and "Cantines 2026" in listed and "Cantines 2025" not in listed
    assert "à préparer pour janvier 2027" in shown.replace("\u202f", " ")
    assert "Prévision" not in (await ask(service, "/appels/aides_territoires:older")).text
