"""The only room that knows the tables, a module for each thing that is kept: `store.sittings`, `store.marks`.

What is about dossiers and waves is here by its plain name.
"""

from scoring.store.dossiers import (
    JOURNAL,
    PAGE,
    Selection,
    add_decision,
    add_last_opinion,
    board,
    chained,
    claim,
    claim_wave,
    in_instruction,
    insert_once,
    journal,
    load,
    locked,
    note,
    numbers,
    save_facts,
    save_wave,
    waves,
)

__all__ = [
    "JOURNAL",
    "PAGE",
    "Selection",
    "add_decision",
    "add_last_opinion",
    "board",
    "chained",
    "claim",
    "claim_wave",
    "in_instruction",
    "insert_once",
    "journal",
    "load",
    "locked",
    "note",
    "numbers",
    "save_facts",
    "save_wave",
    "waves",
]
