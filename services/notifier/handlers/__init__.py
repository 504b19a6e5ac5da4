"""The story of the notifier: people are told what happened to them, once, when it can be told.

Each function is one transaction: load, ask the domain, save, record what to tell. Events come in any order
and twice; what came too early is kept and waits for the rest. Nothing is sent here.
"""

from notifier.handlers.alerts import gather_match, let_go, note_crawl, report_degraded, tell_matches
from notifier.handlers.applicants import (
    acknowledge_candidacy,
    acknowledge_late,
    announce_correction,
    announce_decision,
    announce_message,
    announce_preselection,
    announce_refusal,
    stop_messages,
)
from notifier.handlers.people import answer_export, forget, forget_old, learn_contact, report_erasure, send_link, warn
from notifier.handlers.sending import (
    Sending,
    UnknownDelivery,
    claim_deliveries,
    empty_old,
    give_back,
    renew_appointments,
    send_again,
    settle_deliveries,
)

__all__ = [
    "Sending",
    "UnknownDelivery",
    "acknowledge_candidacy",
    "acknowledge_late",
    "announce_correction",
    "announce_decision",
    "announce_message",
    "announce_preselection",
    "announce_refusal",
    "answer_export",
    "claim_deliveries",
    "empty_old",
    "forget",
    "forget_old",
    "gather_match",
    "give_back",
    "learn_contact",
    "let_go",
    "note_crawl",
    "renew_appointments",
    "report_degraded",
    "report_erasure",
    "send_again",
    "send_link",
    "settle_deliveries",
    "stop_messages",
    "tell_matches",
    "warn",
]
