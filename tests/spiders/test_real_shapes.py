"""The readers against payloads that publishers really sent, where a copy of them lies beside the repository."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kernel.runtime.settings import REPOSITORY
from tests.spiders.feeds import Feeds, crawl, declaration

FOLDER: Path = REPOSITORY.parent / "shared" / "data" / "at-feeds"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no real payloads in {FOLDER}: nothing to compare with")


@pytest.fixture
async def feeds() -> AsyncIterator[Feeds]:
    served = Feeds()
    await served.start()
    yield served
    await served.stop()


@pytest.mark.parametrize(
    ("file", "format_", "perimeter", "count"),
    [
        ("departement_manche_data.json", "at_feed", "DEP-50", 10),
        ("departement_drome_data.json", "at_feed", "DEP-26", 3),
        ("ademe_agir_data.json", "ademe_agir", "", 5),
    ],
)
async def test_a_real_payload_is_read_whole(feeds: Feeds, file: str, format_: str, perimeter: str, count: int) -> None:
    payload = json.loads((FOLDER / file).read_bytes())
    if format_ == "at_feed":
        payload["count"] = count  # the copies were shortened, the announced count was not
    body = json.dumps(payload).encode()
    feeds.puts(body, path="/r2da/listeDispositif")
    address = feeds.base_url if format_ == "ademe_agir" else feeds.puts(body)

    crawled = await crawl(declaration(format_, perimeter=perimeter), address)

    assert crawled.report.complete, crawled.report.errors
    assert crawled.report.items == count
    expected = ("it is to check", "they are kept as closed")
    assert [remark for remark in crawled.report.remarks if not remark.endswith(expected)] == []
    assert all(call.perimeter_codes and call.audiences for call in crawled.calls.values())
