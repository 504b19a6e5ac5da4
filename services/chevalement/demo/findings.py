"""What the demonstration found: calls, matches, mails, and whether anything was lost; read from pages alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from parsel import Selector

from chevalement.demo.browser import PATIENCE, Shown, Unexpected, Visitor
from chevalement.demo.mailbox import Mailbox, about, distinct
from chevalement.demo.story import Candidate

SERVICES = {"intake": "", "scoring": "/instruction", "funding_watch": "/veille", "notifier": "/alertes"}
APPLICANT_MAILS = 3
"""An applicant of the demonstration gets a receipt, the preselection and the decision."""


@dataclass(frozen=True, slots=True)
class Match:
    """A call proposed to a project, as the staff's page shows it."""

    title: str
    verdict: str
    deadline: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The montage of a project, as the staff's page shows it: call, amount, what it rests on; then what is left."""

    title: str
    lines: tuple[tuple[str, str, str], ...]
    total: str
    to_find: str


async def plans(officer: Visitor, candidates: Sequence[Candidate]) -> list[Plan]:
    """The plans of those projects that have one."""
    return [found for one in candidates if (found := await plan(officer, one))]


async def plan(officer: Visitor, candidate: Candidate) -> Plan | None:
    """The plan proposed for a project; None where no call that fits says how much it gives."""
    page = await officer.get(f"/veille/projets/{candidate.id}/montage")
    lines = []
    for row in page.selector.css("#ce-montage tbody tr"):
        cells = [" ".join(" ".join(cell.css("*::text").getall()).split()) for cell in row.css("td")]
        lines.append((_text(row, "th a *"), cells[1], cells[2]))
    sums = [" ".join(text.split()) for text in page.selector.css("#somme strong::text").getall()]
    return Plan(candidate.title, tuple(lines), *sums[:2]) if lines and len(sums) >= 2 else None


async def read_sources(officer: Visitor) -> int:
    """Have every source read that never was, wait until all are well; returns how many calls they show."""
    page = await officer.get("/veille/sources")
    sources = page.selector.css("form[action$='/lire']::attr(action)").re(r"/sources/(\w+)/lire$")
    for source in sources:
        if not _healthy(page, source):
            await officer.post(f"/veille/sources/{source}/lire", [])
    page = await officer.until(
        "/veille/sources", lambda p: all(_healthy(p, source) for source in sources), "the sources to be read"
    )
    return sum(_count(page, source) for source in sources)


def _row(page: Shown, source: str) -> str:
    row = page.selector.css(f"tr:has(form[action$='/sources/{source}/lire'])")
    return " ".join(" ".join(row.css("*::text").getall()).split())


def _healthy(page: Shown, source: str) -> bool:
    return "En bonne santé" in _row(page, source)


def _count(page: Shown, source: str) -> int:
    cells = page.selector.css(f"tr:has(form[action$='/sources/{source}/lire']) td.num *::text").getall()
    cells += page.selector.css(f"tr:has(form[action$='/sources/{source}/lire']) td.num::text").getall()
    numbers = ["".join(c for c in cell if c.isdigit()) for cell in cells]
    return next((int(number) for number in numbers if number), 0)


async def quiet(visitor: Visitor) -> int:
    """Wait until nothing is on its way between services; returns the number of dead letters."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    calm = 0
    while True:
        bodies = [await visitor.json(f"{prefix}/health/ready") for prefix in SERVICES.values()]
        backlogs = [body["backlog"] for body in bodies if body["ready"]]
        busy = len(backlogs) < len(bodies) or any(_moving(backlog) for backlog in backlogs)
        calm = 0 if busy else calm + 1
        if calm == 2:
            return _dead(backlogs[0])
        if asyncio.get_running_loop().time() > deadline:
            raise Unexpected(f"after {PATIENCE:.0f} s events are still on their way: {bodies}")
        await asyncio.sleep(0.1)


def _moving(backlog: object) -> int:
    if not isinstance(backlog, dict):
        raise Unexpected(f"a health page without backlog: {backlog!r}")
    return sum(int(count) for name, count in backlog.items() if name != "dead_letters")


def _dead(backlog: object) -> int:
    return int(backlog["dead_letters"]) if isinstance(backlog, dict) else 0


async def matches(officer: Visitor, candidate: Candidate) -> list[Match]:
    """The calls proposed to a project, best first."""
    page = await officer.get(f"/veille/projets/{candidate.id}")
    return [
        Match(
            title=_text(article, "h3 *"),
            verdict=_text(article, ".actions *"),
            deadline=_text(article, ".deadline *"),
            reason=_text(article, "p:not(.actions):not(.deadline)::text", last=True),
        )
        for article in page.selector.css("article:has(h3[id^='appel-'])")
    ]


def _text(article: Selector, selector: str, last: bool = False) -> str:
    texts = article.css(selector if "::" in selector else f"{selector}::text").getall()
    texts = [" ".join(text.split()) for text in texts if text.strip()]
    return texts[-1] if last and texts else " ".join(texts)


async def settled_mails(mailbox: Mailbox, delay: float) -> list[EmailMessage]:
    """The mails once none has come for `delay` seconds and a half, which is longer than alerts are gathered for."""
    loop = asyncio.get_running_loop()
    deadline, since, seen = loop.time() + PATIENCE, loop.time(), -1
    while True:
        found = list(distinct(await mailbox.mails()).values())
        if len(found) != seen:
            since, seen = loop.time(), len(found)
        if loop.time() - since > delay + 1.5 or loop.time() > deadline:
            return found
        await asyncio.sleep(0.1)


def lost(candidates: Sequence[Candidate], in_scoring: set[str], mails: Sequence[EmailMessage]) -> int:
    """Acknowledged candidacies that did not reach the instruction, and mails due to applicants that never came."""
    missing = sum(candidate.id not in in_scoring for candidate in candidates)
    return missing + sum(max(0, APPLICANT_MAILS - len(about(mails, c.number))) for c in candidates)
