"""The story of scoring: dossiers come in, committees sit and mark, three of them speak, people decide in steps.

Each function is one transaction: load, ask the domain, save, record what to tell. Messages may come in any
order and twice; nothing here depends on either.
"""

from scoring.handlers.chain import decide, hold, propose, record_vote, release, resume, retouch
from scoring.handlers.dossiers import (
    UnknownDossier,
    close_wave,
    extend_wave,
    open_instruction,
    open_wave,
    receive_dossier,
    record_opinion,
    revise_dossier,
    set_aside,
    withdraw,
)
from scoring.handlers.marking import declare, give, give_second, save_marks, try_scale
from scoring.handlers.minutes import take_minute
from scoring.handlers.people import answer_erasure, answer_export, forget_old, hear_nearness
from scoring.handlers.sittings import (
    UnknownSitting,
    expect_juror,
    lift_recusal,
    open_sitting,
    remind_now,
    take_seat,
    turn_phase,
)

__all__ = [
    "UnknownDossier",
    "UnknownSitting",
    "answer_erasure",
    "answer_export",
    "close_wave",
    "decide",
    "declare",
    "expect_juror",
    "extend_wave",
    "forget_old",
    "give",
    "give_second",
    "hear_nearness",
    "hold",
    "lift_recusal",
    "open_instruction",
    "open_sitting",
    "open_wave",
    "propose",
    "receive_dossier",
    "record_opinion",
    "record_vote",
    "release",
    "remind_now",
    "resume",
    "retouch",
    "revise_dossier",
    "save_marks",
    "set_aside",
    "take_minute",
    "take_seat",
    "try_scale",
    "turn_phase",
    "withdraw",
]
