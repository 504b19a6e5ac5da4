"""The only room that knows the tables: loads and saves what the domain thinks in, and reads lists for pages."""

from notifier.store.deliveries import claimable, delivery, held, later_deliveries, locked, open_digest, save, unsent
from notifier.store.dossiers import address, dossier, dossiers, forget, save_contact, save_dossier, take_turn
from notifier.store.lists import PAGE, Listed, Selection, StepLine, count, history, page
from notifier.store.watch import (
    add_reading,
    item,
    latest_readings,
    mark_reading,
    mark_told,
    readings,
    save_item,
    untold,
    waiting_since,
)

__all__ = [
    "PAGE",
    "Listed",
    "Selection",
    "StepLine",
    "add_reading",
    "address",
    "claimable",
    "count",
    "delivery",
    "dossier",
    "dossiers",
    "forget",
    "held",
    "history",
    "item",
    "later_deliveries",
    "latest_readings",
    "locked",
    "mark_reading",
    "mark_told",
    "open_digest",
    "page",
    "readings",
    "save",
    "save_contact",
    "save_dossier",
    "save_item",
    "take_turn",
    "unsent",
    "untold",
    "waiting_since",
]
