"""« Mes vues »: a view of a list is given a name, another one, or dropped, which is undone by one button.

The rule kept here: a view belongs to whoever named it; another's is not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.exceptions import HTTPException
from starlette.responses import Response

from funding_watch import forms
from funding_watch.domain.views import LONGEST_NAME, ListName, SavedView, cleaned
from funding_watch.handlers.views import RefusedName, UnknownView, drop_view, rename_view, save_view
from funding_watch.pages.shown import PREFIX
from funding_watch.pages.triage import Pairs
from funding_watch.store import views as store
from kernel.runtime.auth import Allow, Person, Role
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Notice, Page

DONE = {
    "nommee": Notice("succes", "La vue a un nouveau nom.", "Ses filtres n’ont pas changé."),
}
NAMELESS = "Donnez un nom à cette vue, par exemple « Fonds de la Région, ce mois-ci »."


@dataclass(frozen=True, slots=True)
class Where:
    """A list whose views have names: its address, and who sorts or reads it."""

    of: ListName
    list: str
    roles: tuple[Role, ...]

    @property
    def base(self) -> str:
        """The address of « Mes vues » within the service."""
        return f"{self.list.rstrip('/')}/vues"


LISTS = (Where("tri", "/tri", ("staff", "partner")), Where("appels", "/", ("staff",)))
Typed = Annotated[str, Form()]


def owner_of(person: Person) -> str:
    """Whose a view is."""
    return person.id or person.name


async def named(session: AsyncSession, person: Person, of: ListName) -> list[SavedView]:
    """The views that a list shows above itself."""
    return await store.views(session, owner_of(person), of)


def add_views(router: APIRouter, database: Database, page: Page) -> None:
    """« Mes vues » of each list."""
    for where in LISTS:
        _Views(database, page, where).add(router)


class _Views:
    """The views of one list."""

    def __init__(self, database: Database, page: Page, where: Where) -> None:
        self.database, self.page, self.where = database, page, where

    def add(self, router: APIRouter) -> None:
        base, who = self.where.base, Depends(Allow(*self.where.roles))

        @router.get(base)
        async def show(request: Request, person: Annotated[Person, who], nom: str = "", vue: str = "") -> Response:
            return await self._page(request, person, dropped=(nom[:LONGEST_NAME], cleaned(vue, self.where.of)))

        @router.post(base)
        async def save(request: Request, person: Annotated[Person, who], nom: Typed = "", vue: Typed = "") -> Response:
            address, name = cleaned(vue, self.where.of), forms.plain(" ".join(nom.split()))
            try:
                self._check(name)
                async with self.database.work(cause_of(request)) as work:
                    await save_view(work, owner_of(person), self.where.of, name, address)
            except RefusedName as refused:
                return await self._page(request, person, typed={"nom": nom, "vue": address}, errors={"nom": refused})
            return self._to(self.where.list, address, "gardee")

        self._add_changes(router, who)

    def _add_changes(self, router: APIRouter, who: Any) -> None:
        base = self.where.base

        @router.post(base + "/{view_id}/nom")
        async def rename(request: Request, view_id: UUID, person: Annotated[Person, who], pairs: Pairs) -> Response:
            field = f"nom-{view_id}"
            nom = dict(pairs).get(field, "")
            name = forms.plain(" ".join(nom.split()))
            try:
                self._check(name)
                async with self.database.work(cause_of(request)) as work:
                    await rename_view(work, owner_of(person), self.where.of, view_id, name)
            except RefusedName as refused:
                return await self._page(request, person, typed={field: nom}, errors={field: refused})
            except UnknownView:
                raise HTTPException(404) from None
            return self._to(base, "", "nommee")

        @router.post(base + "/{view_id}/suppression")
        async def drop(request: Request, view_id: UUID, person: Annotated[Person, who]) -> Response:
            try:
                async with self.database.work(cause_of(request)) as work:
                    gone = await drop_view(work, owner_of(person), self.where.of, view_id)
            except UnknownView:
                raise HTTPException(404) from None
            return RedirectResponse(f"{PREFIX}{base}?{urlencode({'nom': gone.name, 'vue': gone.address})}", 303)

    def _check(self, name: str) -> None:
        if not name:
            raise RefusedName(NAMELESS)
        if len(name) > LONGEST_NAME:
            raise RefusedName(f"Ce nom a {len(name)} caractères ; {LONGEST_NAME} au plus.")

    def _to(self, path: str, address: str, done: str) -> Response:
        return RedirectResponse(f"{PREFIX}{path}?{address}{'&' if address else ''}vues={done}", 303)

    async def _page(
        self,
        request: Request,
        person: Person,
        *,
        typed: Mapping[str, str] | None = None,
        errors: Mapping[str, Exception] | None = None,
        dropped: tuple[str, str] = ("", ""),
    ) -> Response:
        async with self.database.reading() as session:
            kept = await named(session, person, self.where.of)
        done = DONE.get(request.query_params.get("vues", ""))
        return self.page.render(
            "views.html",
            request,
            status_code=422 if errors else 200,
            notices=(done,) if done else (),
            where=self.where,
            base=f"{PREFIX}{self.where.base}",
            person=person,
            kept=kept,
            typed=typed or {},
            errors={name: str(error) for name, error in (errors or {}).items()},
            dropped=dropped,
        )
