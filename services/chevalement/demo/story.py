"""The steps of the demonstration, each idempotent: a second run finds its data again and adds nothing.

Everything is done as people do it, through pages; the story knows the platform's addresses and no table.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chevalement.demo.browser import Unexpected, Visitor
from chevalement.demo.committees import Committees
from chevalement.demo.dossiers import Dossier, dossiers, fields, with_example_amounts
from kernel.runtime.auth import Door, Person

PARIS = ZoneInfo("Europe/Paris")
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
COMMITTEES = ("technique", "lyceen", "expertise")
MATURING = "Réunir les financements qui manquent et associer les habitants ; revenir devant les comités dans un an."


@dataclass
class Candidate:
    """One dossier on its way: what was filed, what the receipt said."""

    dossier: Dossier
    id: str = ""
    number: str = ""

    @property
    def title(self) -> str:
        return str(self.dossier["titre"])


@dataclass
class Story:
    """The applicant and the officer, and the eight candidacies."""

    applicant: Visitor
    officer: Visitor
    door: Door
    candidates: list[Candidate] = field(
        default_factory=lambda: [Candidate(with_example_amounts(d)) for d in dossiers()]
    )

    async def sign_in(self) -> None:
        """The officer opens the link and presses its button."""
        token = self.door.link_token(Person("Équipe du Label", "staff"))
        page = await self.officer.get(f"/entrer?jeton={token}")
        await self.officer.post("/entrer", [("jeton", page.hidden("jeton"))])

    async def open_wave(self, now: datetime) -> None:
        """A wave for a month, unless one is open."""
        if (await self.applicant.get("/candidatures/nouvelle", expect=None)).status == 200:
            return
        local = now.astimezone(PARIS).replace(tzinfo=None, microsecond=0)
        wave = [
            ("title", f"Vague {local.year}"),
            ("opens_at", (local - timedelta(minutes=1)).isoformat()),
            ("closes_at", (local + timedelta(days=30)).isoformat()),
            ("quota", "10"),
        ]
        await self.officer.post("/vagues", wave)
        await self.applicant.get("/candidatures/nouvelle")

    async def submit(self, candidate: Candidate) -> None:
        """Fill in the form and keep the receipt, unless an earlier run did."""
        await self._find(candidate)
        if candidate.id:
            return
        form = await self.applicant.get("/candidatures/formulaire")
        receipt = await self.applicant.post("/candidatures", fields(candidate.dossier, form.hidden("jeton")))
        address = re.search(rf"/candidatures/({UUID})/", receipt.url)
        number = re.search(r"\b[A-Z]{2,4}-\d{4}-\d{4}\b", receipt.html)
        if address is None or number is None:
            shown = f"{receipt.status} {receipt.headline()} {receipt.errors()}"
            raise Unexpected(f"no receipt for {candidate.title}: {shown}")
        candidate.id, candidate.number = address[1], number[0]

    async def _find(self, candidate: Candidate) -> None:
        """Look the dossier up in the staff's list, by its title."""
        rows = (await self.officer.get("/dossiers")).selector.css("tr:has(a[href^='/dossiers/'])")
        for row in rows:
            text = " ".join(row.css("*::text").getall())
            found = re.search(r"\b[A-Z]{2,4}-\d{4}-\d{4}\b", text)
            if plain(candidate.title) in plain(text) and found:
                candidate.id = row.css("a[href^='/dossiers/']::attr(href)").re_first(UUID) or ""
                candidate.number = found[0]

    async def preselect(self, candidate: Candidate) -> None:
        """Keep the candidacy, unless it was."""
        page = await self.officer.get(f"/dossiers/{candidate.id}")
        if not page.selector.css("form[action$='/preselection']"):
            return
        reason = "Projet mûr pour l'instruction, dans le champ des stratégies partagées par le territoire."
        await self.officer.post(f"/dossiers/{candidate.id}/preselection", [("decision", "retenu"), ("motif", reason)])

    async def give_opinions(self, candidate: Candidate) -> None:
        """Record the three committees' opinions, those that are missing."""
        address = f"/instruction/dossiers/{candidate.id}"
        page = await self.officer.until(
            address, lambda p: p.status == 200 and _instructed(p.html), "the dossier to reach the instruction"
        )
        for committee in COMMITTEES:
            link = page.selector.css(f"a[href$='committee={committee}']::text").get("")
            if "Enregistrer" not in link:
                continue
            opinion = candidate.dossier["instruction"]["avis"][committee]
            form = [("committee", committee), ("avis", opinion["avis"]), ("motif", opinion["motif"])]
            await self.officer.post(f"{address}/avis", form)

    async def sit(self, now: datetime, base: str) -> None:
        """The committees sit, unless they did: partners and experts mark, students answer live."""
        wave = await self._wave()
        grids = {one.id: dict(one.dossier["grille"]) for one in self.candidates}
        await Committees(self.officer, base, self.door).sit(wave, grids, now)

    async def decision_file(self) -> bytes:
        """Everything that a wave was decided from, as staff download it."""
        return await self.officer.download(
            (await self._decisions_page()).replace("/decisions", "/dossier-de-decision.zip")
        )

    async def decide(self, candidate: Candidate) -> None:
        """Record the experts' proposal and the decision of 2022, those that are missing."""
        address = f"/instruction/dossiers/{candidate.id}"
        instruction = candidate.dossier["instruction"]
        maturing = "" if instruction["decision"] == "labellise" else MATURING
        form = [("issue", instruction["decision"]), ("motif", instruction["motif"]), ("murir", maturing)]
        for step in ("proposition", "decision"):
            page = await self.officer.get(address)
            if page.selector.css(f".action-bar a.btn-primary[href$='/{step}']"):
                await self.officer.post(f"{address}/{step}", form)

    async def release(self, now: datetime) -> dict[str, int]:
        """The Grand forum approves what waits for it, then all letters leave together; says what came of it."""
        decisions = await self._decisions_page()
        forum = await self.officer.get(decisions.replace("/decisions", "/forum"))
        ticked = forum.selector.css("input[name^='dossier-']::attr(name)").getall()
        if ticked:
            vote = [("date", now.date().isoformat()), ("lieu", "Salle du conseil"), ("presidence", "La présidence")]
            voices = [("presents", "60"), ("pour", "55"), ("contre", "2"), ("abstentions", "3")]
            await self.officer.post(
                forum.url, [*vote, *voices, ("verdict", "approuve"), *((name, "oui") for name in ticked)]
            )
        rehearsal = await self.officer.get(decisions.replace("/decisions", "/repetition"))
        if rehearsal.selector.css("input[name='repetition']"):
            form = [("repetition", rehearsal.hidden("repetition"))]
            await self.officer.post(decisions.replace("/decisions", "/liberation"), form)
        return await self.outcomes()

    async def _wave(self) -> str:
        """The wave in which the dossiers are, as the form that opens a sitting names it."""
        page = await self.officer.get("/instruction/seances")
        for wave in page.selector.css("select[name='vague'] option::attr(value)").getall():
            if wave and self.candidates[0].id in (await self.officer.get(f"/instruction/?vague={wave}")).html:
                return str(wave)
        raise Unexpected(f"no wave of the instruction has {self.candidates[0].title}")

    async def _decisions_page(self) -> str:
        """The address of the decisions of the wave in which the dossiers are."""
        page = await self.officer.get(f"/instruction/dossiers/{self.candidates[0].id}")
        return str(page.selector.css("a[href$='/decisions']::attr(href)").get(""))

    async def outcomes(self) -> dict[str, int]:
        """How many dossiers the staff's list shows in each final state, once intake has heard of all decisions."""
        found = {}
        for state in ("labellise", "nomine"):
            wanted = [c for c in self.candidates if c.dossier["instruction"]["decision"] == state]
            page = await self.officer.until(
                f"/dossiers?etat={state}",
                lambda p, wanted=wanted: sum(c.id in p.html for c in wanted) == len(wanted),  # type: ignore[misc]  # bound per turn
                f"the decisions « {state} » to come back to the dossiers",
            )
            found[state] = sum(c.id in page.html for c in self.candidates)
        return found

    async def in_scoring(self) -> set[str]:
        """The candidacies that the instruction knows: acknowledged ones that are not here are lost."""
        html = (await self.officer.get("/instruction/")).html
        return {candidate.id for candidate in self.candidates if candidate.id in html}


def _instructed(html: str) -> bool:
    """Whether opinions can be given, or a decision stands: a dossier whose preselection is on its way has neither."""
    return "/avis?committee=" in html or ('id="decision"' in html and "Aucune décision" not in html)


def plain(text: str) -> str:
    """Letters and digits only, since pages change spaces and apostrophes to typographic ones."""
    return " ".join(re.findall(r"\w+", text.casefold()))
