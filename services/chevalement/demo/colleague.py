"""A colleague joins the team: invited by mail, told of the watch once a day, and one call passed on to its porteur.

Everything is done through pages and the mailed link, as a person does it; what an earlier run did is left alone.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from chevalement.demo.browser import Shown, Unexpected, Visitor, waiting
from chevalement.demo.mailbox import Mailbox, text_of

ADDRESS = "veille@pole.example"
NAME = "Chargée de la veille"
CHOICES = (
    ("rythme_tout", "quotidien"),
    ("rythme_mes_projets", "jamais"),
    ("rythme_themes", "jamais"),
    ("rythme_agglomerations", "jamais"),
    ("heure", "9"),
    ("jour", "3"),
)
WORDS = "Cet appel sert un besoin de votre dossier : nous pouvons le préparer ensemble."
NEAREST = timedelta(days=12)
"""So far off, a deadline has a reminder to come, the one of its last week, whatever days are not worked before it."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who invites, where the platform is, where mails are read."""

    officer: Visitor
    base: str
    mailbox: Mailbox

    async def join(self) -> None:
        """Invited, she opens her link and asks for one mail a day about all projects; at once, if she is there."""
        if ADDRESS in (await self.officer.get("/equipe")).html:
            return
        await self.officer.post("/equipe", [("courriel", ADDRESS), ("fonction", NAME), ("role", "staff")])
        visitor = Visitor(self.base)
        try:
            page = await visitor.get(await self._link())
            await visitor.post("/entrer", [("jeton", page.hidden("jeton"))])
            mine = "/alertes/mes-alertes"
            await visitor.until(mine, lambda p: p.status == 200, "the colleague to be known to the notifier")
            await visitor.post(mine, CHOICES)
        finally:
            await visitor.close()

    async def _link(self) -> str:
        """The path of the link in her invitation, once its mail is there."""
        found: list[str] = []

        async def look() -> bool:
            theirs = [mail for mail in await self.mailbox.mails() if ADDRESS in str(mail["To"])]
            found.extend(re.findall(r"/entrer\?jeton=\S+", "".join(map(text_of, theirs))))
            return bool(found)

        await waiting(look, "the invitation to arrive")
        return found[-1]

    async def pass_on(self, today: date) -> None:
        """Transmit the call whose deadline comes first to its porteur, unless one was; nothing where none has one."""
        page = await self.officer.get("/veille/tri?etat=tout")
        if "Transmis au porteur" in " ".join(page.selector.css("tbody .badge *::text, tbody .badge::text").getall()):
            return
        dated = sorted(_dated(page))
        near = [path for closes_on, path in dated if closes_on - today >= NEAREST]
        if not near:
            return
        done = await self.officer.post(f"{near[0]}/etat", [("etat", "transmis"), ("motif", ""), ("mots", WORDS)])
        if done.errors():
            raise Unexpected(f"{near[0]} was not passed on: {done.errors()}")


def _dated(page: Shown) -> list[tuple[date, str]]:
    """Deadline and address of each line of the triage that has a deadline."""
    found = []
    for row in page.selector.css("tbody tr"):
        path, day = row.css("a[href^='/veille/tri/']::attr(href)").get(), row.css("time::attr(datetime)").get()
        if path and day:
            found.append((date.fromisoformat(day[:10]), path))
    return found
