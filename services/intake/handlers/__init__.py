"""The story of intake: each function is one command or one event, in one transaction.

A command carries who asks and why. An event may come early, late or twice: what it says is kept, and applies
when the table of states lets it.
"""

from intake.domain.refusals import UnknownDossier
from intake.handlers.dossiers import decline, preselect, submit_candidacy, withdraw
from intake.handlers.drafts import begin_draft, erase_draft, key_hash, save_draft
from intake.handlers.hearing import hear_decision, hear_of_message, hear_of_quorum, hear_of_reading, hear_opinion
from intake.handlers.people import UnknownPerson, ask_for_link, disable, invite, sign_in
from intake.handlers.waves import close_wave, keep_appointments, open_wave

__all__ = [
    "UnknownDossier",
    "UnknownPerson",
    "ask_for_link",
    "begin_draft",
    "close_wave",
    "decline",
    "disable",
    "erase_draft",
    "hear_decision",
    "hear_of_message",
    "hear_of_quorum",
    "hear_of_reading",
    "hear_opinion",
    "invite",
    "keep_appointments",
    "key_hash",
    "open_wave",
    "preselect",
    "save_draft",
    "sign_in",
    "submit_candidacy",
    "withdraw",
]
