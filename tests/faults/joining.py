"""`python -m tests.faults.joining FOLDER`: a file is joined again and again, each time by a process that dies one
line further; then says what is left, as JSON.

Each life is a fork of this process, which holds no thread and no connection while it forks.
"""

import asyncio
import json
import os
import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import UUID

import httpx2

from intake import app, handlers
from intake.handlers import attachments
from intake.store import files
from intake.store.files import Files
from kernel.runtime import migrate
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings

WATCHED = (
    "intake/pages/uploading.py",
    "intake/store/files.py",
    "intake/store/attachments.py",
    "intake/handlers/attachments.py",
)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class Death:
    """Ends the process without a word at the `line`-th line of the watched modules that runs for the first time."""

    def __init__(self, line: int) -> None:
        self.left, self.seen = line, set[tuple[str, int]]()

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.endswith(WATCHED):
            return None
        place = (frame.f_code.co_filename, frame.f_lineno)
        if event == "line" and place not in self.seen:
            self.seen.add(place)
            self.left -= 1
            if self.left == 0:
                os._exit(9)
        return self.trace


def made(folder: Path) -> Service:
    return app.build(Settings.load(data=folder, secret="x" * 32), "nats://127.0.0.1:1")


async def begin(service: Service) -> str:
    await migrate.upgrade(service.database.engine, "intake")
    async with service.database.work() as work:
        draft_id, key = await handlers.begin_draft(work, {})
    await service.database.close()
    return f"/brouillons/{draft_id}/fichiers?cle={key}"


async def join(service: Service, address: str, content: bytes) -> int:
    transport = httpx2.ASGITransport(app=service.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://in.test") as client:
        answer = await client.post(address, files={"fichiers": ("plan.pdf", content)}, data={"joindre": "oui"})
    await service.database.close()
    return answer.status_code


def live(service: Service, address: str, line: int) -> bool:
    """One life; whether it came to its end."""
    child = os.fork()
    if child == 0:
        death = Death(line)
        threading.settrace(death.trace)
        sys.settrace(death.trace)
        status = asyncio.run(join(service, address, PDF + b"%d" % line))
        os._exit(0 if status == 303 else 8)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in {0, 9}:
        raise RuntimeError(f"line {line}: ended with {status}")
    return status == 0


def missing(folder: Path) -> list[str]:
    """The contents that a row names and that are not there."""
    with closing(sqlite3.connect(folder / "intake.db")) as base:
        named = [row[0] for row in base.execute("SELECT digest FROM attachment")]
    return [digest for digest in named if not Files(folder / "documents").path_of(digest).is_file()]


async def sweep(service: Service) -> None:
    files.ABANDONED = -1.0
    await attachments.sweep(service.database, Files(service.settings.documents_folder))
    await service.database.close()


def main(folder: Path) -> None:
    service = made(folder)
    address = asyncio.run(begin(service))
    broken: dict[int, list[str]] = {}
    line = 1
    while not live(service, address, line):
        if lost := missing(folder):
            broken[line] = lost
        with closing(sqlite3.connect(folder / "intake.db")) as base, base:  # so that the draft never fills up
            base.execute("DELETE FROM attachment WHERE draft_id = ?", (UUID(address.split("/")[2]).hex,))
        line += 1
    before = sorted(path.name for path in folder.glob("documents/*/*"))
    asyncio.run(sweep(service))
    after = sorted(path.name for path in folder.glob("documents/*/*"))
    print(json.dumps({"lives": line, "broken": broken, "before": before, "after": after, "missing": missing(folder)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
