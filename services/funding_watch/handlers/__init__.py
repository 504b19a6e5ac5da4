"""The story of the watch: sources are read, calls are kept, projects are learnt, calls are proposed.

Each function is one transaction or a part of one: load, ask the domain, save, record what to tell. Messages come
in any order and twice; nothing here depends on either.
"""

from funding_watch.handlers.duplicates import UnknownPair, part, reunite, suggest_duplicates, undo
from funding_watch.handlers.lives import UnknownCall, clear_call, decide_call, hear_answers, settle, settle_all
from funding_watch.handlers.projects import (
    answer_erasure,
    answer_export,
    hear,
    learn_from,
    match_all,
    match_changed,
    start_day,
)
from funding_watch.handlers.sources import (
    Tally,
    accept_count,
    confirm_source,
    degrade_source,
    finish_crawl,
    mark_due,
    open_watch,
    request_crawl,
    store_calls,
    watch_sources,
    watch_time,
)

__all__ = [
    "Tally",
    "UnknownCall",
    "UnknownPair",
    "accept_count",
    "answer_erasure",
    "answer_export",
    "clear_call",
    "confirm_source",
    "decide_call",
    "degrade_source",
    "finish_crawl",
    "hear",
    "hear_answers",
    "learn_from",
    "mark_due",
    "match_all",
    "match_changed",
    "open_watch",
    "part",
    "request_crawl",
    "reunite",
    "settle",
    "settle_all",
    "start_day",
    "store_calls",
    "suggest_duplicates",
    "undo",
    "watch_sources",
    "watch_time",
]
