"""The sources of the demonstration: those that ship, enabled and read from this machine, and all of them at once.

The rule kept here: what is shown is what ships. Only the address changes, and who enabled it.
"""

import re
from pathlib import Path

from rich.console import Console

from chevalement import crawls
from chevalement.portals import LocalPortals
from kernel.runtime.clock import SystemClock
from kernel.runtime.settings import Settings

_TABLE = re.compile(r"\[([a-z0-9_]+)\]\s*$")


def enabled(declared: str, portals: LocalPortals) -> str:
    """The declarations of a file, each read from its local site; one that has none stays as it was."""
    lines, name = [], ""
    for line in declared.splitlines():
        table = _TABLE.match(line)
        name = table[1] if table else "" if line.startswith("[") else name
        if name in portals.sites.names and line.startswith("url = "):
            line = f'url = "{portals.base_url}/{name}/"\nenabled = true'
        lines.append(line)
    return "\n".join(lines) + "\n"


def declared_here(settings: Settings, portals: LocalPortals) -> dict[str, object]:
    """The settings that lead every source to this machine; the declarations are written into the data folder."""
    settings.data.mkdir(parents=True, exist_ok=True)
    file = Path(settings.data / "sources.toml")
    file.write_text(enabled(settings.sources_file.read_text(encoding="utf-8"), portals), encoding="utf-8")
    return {
        "sources_file": file,
        "aides_territoires_url": portals.aides_territoires_url,
        "aides_territoires_token": portals.token,
        "eu_portal_url": portals.eu_portal_url,
        "ademe_agir_client_id": "demonstration",
        "ademe_agir_client_secret": "demonstration",
        "crawl_private_addresses": True,
    }


async def read_again(settings: Settings, console: Console) -> dict[str, int]:
    """`chevalement crawl --all` beside the platform that runs: nothing has changed since, and nothing may be told."""
    outcomes = await crawls.crawl(settings, [], None, SystemClock())
    found = [crawls.facts(outcome) for outcome in outcomes]
    for one in found:
        console.print(crawls.line(one), highlight=False, soft_wrap=True)
    total = crawls.totals(found)
    return {"sources": len(found), "changed_on_reading_again": total["new"] + total["changed"] + total["closed"]}
