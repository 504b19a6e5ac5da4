"""Somebody gives a view of the list a name, or forgets it."""

from uuid import UUID, uuid4

from intake.domain.refusals import Refused
from intake.store import views
from intake.store.views import SavedView
from kernel.runtime.auth import Person
from kernel.runtime.database import Work

MOST = 40


async def save_view(work: Work, person: Person, name: str, address: str, *, shared: bool) -> None:
    """Keep a view under a name; the same name again replaces it. Raises `Refused` for one too many."""
    owner = person.id or person.name
    if await views.count_of(work.session, owner) >= MOST:
        raise Refused(f"Vous avez déjà {MOST} vues : supprimez-en une avant d’en garder une autre.")
    await views.save(work.session, owner, SavedView(uuid4(), name, address, shared, mine=True), work.at)


async def drop_view(work: Work, person: Person, view_id: UUID) -> None:
    """Forget one of one's own views; nothing happens with another's."""
    await views.drop(work.session, person.id or person.name, view_id)
