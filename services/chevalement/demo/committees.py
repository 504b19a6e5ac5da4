"""The three committees of the demonstration: five partners and four experts mark through their pages, thirty phones
answer live. Marks follow what each porteur said of their project, one juror being severe and one lenient.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from chevalement.demo.browser import Fields, Shown, Visitor
from kernel.runtime.auth import Door, Person, Role

PARTNERS = ("Région Hauts-de-France", "Services de l'État", "Département du Pas-de-Calais", "CALL", "CAHC")
EXPERTS = tuple(f"Membre du Cercle de qualité {number}" for number in range(1, 5))
PHONES = 30
WHY = "Le dossier le montre, pièces et calendrier à l'appui."
COMMITTEES: tuple[tuple[str, Role, tuple[str, ...]], ...] = (
    ("technique", "partner", PARTNERS),
    ("expertise", "expert", EXPERTS),
)
SITTING = r"/instruction/seances/([0-9a-f-]{36})"
Grids = dict[str, dict[str, int]]
"""By candidacy, what its porteur says of each criterion."""


@dataclass(frozen=True, slots=True)
class Committees:
    """Who opens sittings, and how jurors enter."""

    officer: Visitor
    base: str
    door: Door

    async def sit(self, wave: str, grids: Grids, now: datetime) -> None:
        """Every committee marks every dossier of the wave; those that have sat already are left alone."""
        for committee, role, names in COMMITTEES:
            if sitting := await self._opened(wave, committee, now):
                jurors = [_Juror(Visitor(self.base), sitting, n, name) for n, name in enumerate(names)]
                await asyncio.gather(*(juror.mark(self.door, role, grids) for juror in jurors))
                await self.officer.post(f"/instruction/seances/{sitting}/phase", [("phase", "notation")])
        if sitting := await self._opened(wave, "lyceen", now):
            await self._live(sitting, list(grids))

    async def _opened(self, wave: str, committee: str, now: datetime) -> str | None:
        """The new sitting of a committee; None where it has one."""
        days = [now.date() + timedelta(days=10), now.date() + timedelta(days=20)]
        form = [("vague", wave), ("committee", committee), ("notes", f"{days[0]}"), ("reunion", f"{days[1]}")]
        page = await self.officer.post("/instruction/seances", form, expect=None)
        found = re.search(SITTING, page.url)
        return found[1] if page.status == 200 and found else None

    async def _live(self, sitting: str, dossiers: Sequence[str]) -> None:
        base = f"/instruction/seances/{sitting}/direct"
        page = await self.officer.post(base, [])
        code = re.search(r"\b[A-Z]{6}\b", " ".join(page.selector.css("dd *::text, dd::text").getall()))
        if code is None:
            return  # the session was not opened: what was told live before stays
        address = f"/instruction/direct/{code[0]}"
        phones = Visitor(self.base)  # one browser sends for all: a phone is told apart by the number that it drew
        for number, dossier in enumerate(dossiers):
            await self.officer.post(f"{base}/tour", [("geste", "presenter"), ("dossier", dossier)])
            ballots = [_ballot(dossier, phone, number) for phone in range(PHONES)]
            await asyncio.gather(*(phones.post(address, one, expect=303) for one in ballots))
        await phones.close()


@dataclass(frozen=True, slots=True)
class _Juror:
    """One juror with a browser of their own."""

    visitor: Visitor
    sitting: str
    number: int
    name: str

    async def mark(self, door: Door, role: Role, grids: Grids) -> None:
        page = await self.visitor.get(f"/entrer?jeton={door.link_token(Person(self.name, role))}")
        await self.visitor.post("/entrer", [("jeton", page.hidden("jeton"))], expect=None)
        desk = "/instruction/mes-notes"
        await self.visitor.until(desk, lambda p: p.status == 200, "the juror to be known to the instruction")
        page = await self.visitor.post(f"/instruction/seances/{self.sitting}/place", [])
        for address in page.selector.css("a[href*='/reperes/']::attr(href)").getall():
            trial = await self.visitor.get(address)
            await self.visitor.post(address, [(f"note-{code}", "2") for code in _questions(trial)])
        asked: dict[str, list[str]] = {}
        for address in page.selector.css("a[href$='/liens']::attr(href)").getall():
            asked = await self._mark_one(address.removesuffix("/liens"), grids, asked)
        await self.visitor.post(f"/instruction/seances/{self.sitting}/revue", [])
        await self.visitor.close()

    async def _mark_one(self, base: str, grids: Grids, asked: dict[str, list[str]]) -> dict[str, list[str]]:
        """Mark a dossier, an axis a page; the questions of each axis are read on the first dossier."""
        said, first = grids.get(base.rpartition("/")[2], {}), not asked
        shown = await self.visitor.post(f"{base}/liens", [("lien", "aucun")], expect=200 if first else 303)
        while first and "/notes/" in shown.url:
            axis = shown.url.rpartition("/")[2]
            asked[axis] = _questions(shown)
            shown = await self.visitor.post(shown.url, list(self._answers(asked[axis], said)))
        for axis, codes in asked.items() if not first else ():
            await self.visitor.post(f"{base}/notes/{axis}", list(self._answers(codes, said)), expect=303)
        return asked

    def _answers(self, codes: list[str], said: dict[str, int]) -> Iterator[tuple[str, str]]:
        for code in codes:
            chance = _chance(self.name, sorted(said.items()), code)
            if code not in said and chance < 20:
                yield f"note-{code}", "na"
                continue
            level = said.get(code, 2) + (1 if chance > 80 else -1 if chance < 40 else 0)
            level = min(max(level + (self.number == 1) - (self.number == 0), 0), 4)
            yield f"note-{code}", str(level)
            yield f"motif-{code}", WHY if level in {0, 4} else ""


def _questions(page: Shown) -> list[str]:
    names = page.selector.css("input[type='radio'][name^='note-']::attr(name)").getall()
    return [name.removeprefix("note-") for name in dict.fromkeys(names)]


def _chance(*words: object) -> int:
    """A number under 100 that is the same at every run."""
    return sha256(repr(words).encode()).digest()[0] * 100 // 256


def _ballot(dossier: str, phone: int, number: int) -> Fields:
    levels = [str(1 + _chance(phone, number, question) * 4 // 100) for question in range(3)]
    answers = zip(("comprendre", "enjeux", "envie"), levels, strict=True)
    return [("dossier", dossier), ("voix", f"telephone-{phone}"), *((f"note-{code}", level) for code, level in answers)]
