"""Somebody gives a view of a list a name, another name, or forgets it; nobody else's is touched."""

from uuid import UUID, uuid4

from funding_watch.domain.views import MOST, ListName, SavedView
from funding_watch.store import views as store
from kernel.runtime.database import Work


class RefusedName(ValueError):
    """The view cannot have this name; the text is French and stands beside the field."""


class UnknownView(LookupError):
    """This person has no such view of this list."""


async def save_view(work: Work, person: str, of: ListName, name: str, address: str) -> None:
    """Keep a view under a name; the same name again replaces it. Raises `RefusedName` for one too many."""
    kept = await store.views(work.session, person, of)
    if len(kept) >= MOST and all(one.name != name for one in kept):
        raise RefusedName(f"Vous avez déjà {MOST} vues : supprimez-en une avant d’en garder une autre.")
    await store.save(work.session, person, of, SavedView(uuid4(), name, address), work.at)


async def rename_view(work: Work, person: str, of: ListName, view_id: UUID, name: str) -> None:
    """Give one of one's own views another name. Raises `UnknownView`, and `RefusedName` where another has it."""
    kept = {one.id: one for one in await store.views(work.session, person, of)}
    if view_id not in kept:
        raise UnknownView(str(view_id))
    if any(one.name == name and one.id != view_id for one in kept.values()):
        raise RefusedName(f"Une autre de vos vues s’appelle déjà « {name} ».")
    await store.rename(work.session, view_id, name, work.at)


async def drop_view(work: Work, person: str, of: ListName, view_id: UUID) -> SavedView:
    """Forget one of one's own views, and give it back to whoever may undo that. Raises `UnknownView`."""
    kept = {one.id: one for one in await store.views(work.session, person, of)}
    if view_id not in kept:
        raise UnknownView(str(view_id))
    await store.drop(work.session, view_id)
    return kept[view_id]
