"""The watch's commands, run as an operator runs them: a history is replayed, listed, exported."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.patience import LONG

ROOT = Path(__file__).resolve().parents[2]
SERVER = """
import sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
file = Path(sys.argv[1])
class Feed(BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.path == "/feed"
        body = file.read_bytes() if known else b""
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
server = HTTPServer(("127.0.0.1", 0), Feed)
print(server.server_port, flush=True)
server.serve_forever()
"""
START = datetime.fromisoformat("2026-03-01T05:00:00+00:00")


def aid(number: int, root: str, **changes: Any) -> dict[str, Any]:
    """One aid of a feed in the shape of Aides-territoires; `changes` are its fields."""
    payload = json.loads((ROOT / "tests/spiders/payloads/at_feed.json").read_text(encoding="utf-8"))
    rows = payload.get("aides") or payload.get("results") or payload.get("aids")
    base = {**rows[0], "id": number, "slug": f"aide-{number}", "name": f"Aide {number}"}
    page = {"origin_url": f"{root}/pages/{number}", "application_url": None, "url": f"/aides/{number}/"}
    return base | page | {"submission_deadline": "2026-12-31", "start_date": None, "recurrence": "Ponctuelle"} | changes


class Operator:
    """A feed that changes from day to day, and the commands that read it."""

    def __init__(self, folder: Path, port: str) -> None:
        self.folder, self.root = folder, f"http://127.0.0.1:{port}"
        self.declared = folder / "sources.toml"
        fields = {"format": "at_feed", "title": "Essai", "owner": "Essai", "reach": "régionale", "perimeter": "REG-32"}
        lines = [f'{name} = "{value}"' for name, value in fields.items()]
        lines += [f'url = "{self.root}/feed"', "enabled = true"]
        self.declared.write_text("\n".join(["[essai]", *lines]), encoding="utf-8")

    def shows(self, aids: list[dict[str, Any]]) -> None:
        body = json.dumps({"count": len(aids), "previous": None, "next": None, "results": aids})
        (self.folder / "feed.json").write_text(body, encoding="utf-8")

    def run(self, *words: str, private: str = "true") -> subprocess.CompletedProcess[bytes]:
        environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT / "services"),
            "CHEVALEMENT_SOURCES_FILE": str(self.declared),
            "CHEVALEMENT_CRAWL_PRIVATE_ADDRESSES": private,
        }
        command = [sys.executable, "-m", "chevalement.cli", *words, "--data", str(self.folder / "data")]
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False, timeout=LONG)

    def crawl(self, day: int) -> dict[str, Any]:
        at = (START + timedelta(days=day)).isoformat()
        done = self.run("crawl", "essai", "--at", at, "--json")
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found | {"exit": done.returncode}

    def lines(self, *words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*words, "--json").stdout.splitlines()]


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    feed = tmp_path / "feed.json"
    command = [sys.executable, "-c", SERVER, str(feed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield Operator(tmp_path, server.stdout.readline().strip())
        server.terminate()


def test_a_history_replayed_day_by_day_is_told_as_it_was_lived(operator: Operator) -> None:
    ten = [aid(number, operator.root) for number in range(10)]
    operator.shows(ten)
    first, again = operator.crawl(0), operator.crawl(1)
    assert (first["new"], first["changed"], again["new"], again["unchanged"]) == (10, 0, 0, 10)

    moved = [aid(0, operator.root, submission_deadline="2027-01-15"), *ten[1:9]]
    operator.shows(moved)
    found = [operator.crawl(day) for day in range(2, 7)]
    assert [one["changed"] for one in found] == [1, 0, 0, 0, 0]
    assert [one["unconfirmed"] for one in found] == [0, 0, 0, 1, 0]
    assert [one["closed"] for one in found] == [0, 0, 0, 0, 1]  # its page was gone on two days

    operator.shows(ten[:3])
    short = operator.crawl(7)
    assert short["exit"] == 1 and "3 appels" in short["refused"] and short["closed"] == 0

    changes = operator.lines("calls", "changes", "--since", "2026-03-02")
    told = [one for one in changes if one["field"] != "cut_offs"]
    assert [(one["kind"], one["source_ref"], one["old"], one["new"]) for one in told] == [
        ("deadline_moved", "0", "2026-12-31", "2027-01-15"),
        ("absent", "9", "open", "unconfirmed"),
        ("closed", "9", "open", "closed"),
    ]
    statuses = {one["source_ref"]: one["status"] for one in operator.lines("calls")}
    assert statuses == {**{str(number): "open" for number in range(9)}, "9": "closed"}
    assert [one["source_ref"] for one in operator.lines("calls", "--status", "closed")] == ["9"]
    [essai] = [one for one in json.loads(operator.run("sources", "--json").stdout) if one["name"] == "essai"]
    assert essai["health"] == "thin" and "3 appels" in essai["reasons"][0]


def test_the_catalogue_is_exported_as_files_that_open(operator: Operator) -> None:
    public = aid(1, operator.root, name="=HYPERLINK(1)", targeted_audiences=["Communes"])
    operator.shows([public, aid(2, operator.root, targeted_audiences=["Particuliers"])])
    assert operator.crawl(0)["items"] == 2

    written = operator.run("calls", "export", "--format", "csv").stdout.decode("utf-8-sig")
    table = csv.DictReader(io.StringIO(written))
    assert [row["title"] for row in table] == ["'=HYPERLINK(1)", "Aide 2"]
    made = zipfile.ZipFile(io.BytesIO(operator.run("calls", "export", "--format", "ods").stdout))
    assert made.namelist()[0] == "mimetype" and made.testzip() is None
    content = ElementTree.fromstring(made.read("content.xml"))  # noqa: S314 - our own file
    assert len(list(content.iter("{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table-row"))) == 3
    listed = json.loads(operator.run("calls", "export", "--format", "json").stdout)
    assert [one["source_ref"] for one in listed] == ["1", "2"]

    national = operator.run("calls", "export", "--format", "dispositif-aide")
    [row] = csv.DictReader(io.StringIO(national.stdout.decode()))
    assert "secteur public" in row["cibles"] and row["eligibilite_geographique"] == "DEP-26"
    assert date.fromisoformat(row["date_cloture"]) == date(2026, 12, 31)
    assert b"1 calls left out" in national.stderr


def test_another_address_is_read_as_typed_and_the_inner_network_stays_shut_otherwise(operator: Operator) -> None:
    operator.shows([aid(1, operator.root)])

    refused = operator.run("crawl", "essai", "--json", private="false")
    typed = operator.run("crawl", "essai", "--base-url", operator.root, "--json", private="false")

    said, found = (json.loads(done.stdout.splitlines()[-1]) for done in (refused, typed))
    assert refused.returncode == 1 and "no public address" in said["errors"][0]
    assert (typed.returncode, found["items"], found["new"]) == (0, 1, 1)
    assert {"pages", "items", "new", "changed", "unchanged", "unconfirmed", "closed", "rejected"} < set(found)
    assert {"reasons", "seconds"} < set(found)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["crawl", "nowhere"], b"is no source"),
        (["crawl", "essai", "--at", "demain"], b"is no moment"),
        (["crawl", "ademe_agir"], b"is no source"),
        (["calls", "changes", "--since", "hier"], b"is no moment"),
        (["calls", "--status", "perdu"], b"is no status"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(operator: Operator, words: list[str], said: bytes) -> None:
    done = operator.run(*words)

    assert done.returncode == 2 and said in done.stderr and b"Traceback" not in done.stderr
