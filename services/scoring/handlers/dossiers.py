"""Dossiers come in, three committees speak.

Each function is one transaction: load, ask the domain, save, record what to tell. Messages may come in any
order and twice; nothing here depends on either.
"""

from kernel.contracts.intake import (
    CandidacyNotRetained,
    CandidacyPreselected,
    CandidacySubmitted,
    CandidacyWithdrawn,
    WaveClosed,
    WaveOpened,
)
from kernel.contracts.intake_life import CandidacyRevised, WaveExtended
from kernel.runtime.database import Work
from scoring import store
from scoring.domain import rulings, waves
from scoring.domain.dossier import Dossier, Told, learn
from scoring.domain.rulings import GiveOpinion


class UnknownDossier(LookupError):
    """Nothing is known of this candidacy."""


async def open_wave(work: Work, event: WaveOpened) -> None:
    """Know a wave by its title and its calendar."""
    wave = await store.claim_wave(work.session, event.wave_id)
    await store.save_wave(work.session, waves.learn_opening(wave, event))


async def extend_wave(work: Work, event: WaveExtended) -> None:
    """Know that a wave takes dossiers for longer."""
    wave = await store.claim_wave(work.session, event.wave_id)
    await store.save_wave(work.session, waves.learn_extension(wave, event))


async def close_wave(work: Work, event: WaveClosed) -> None:
    """Know when a wave stopped taking dossiers."""
    wave = await store.claim_wave(work.session, event.wave_id)
    await store.save_wave(work.session, waves.learn_closing(wave, event))


async def receive_dossier(work: Work, event: CandidacySubmitted) -> None:
    """Keep the content of a dossier."""
    await _learn(work, event)


async def revise_dossier(work: Work, event: CandidacyRevised) -> None:
    """Keep the dossier as its porteur changed it; a sitting that is open keeps what it froze."""
    await _learn(work, event)


async def open_instruction(work: Work, event: CandidacyPreselected) -> None:
    """Hand a dossier to the committees, even before its content arrived."""
    await _learn(work, event)


async def set_aside(work: Work, event: CandidacyNotRetained) -> None:
    """Take a dossier out of the instruction: it was not kept in the wave."""
    await _learn(work, event)


async def withdraw(work: Work, event: CandidacyWithdrawn) -> None:
    """Stop everything on a dossier: its porteur took it back."""
    await _learn(work, event)


async def record_opinion(work: Work, wish: GiveOpinion) -> None:
    """Record what a committee said, or its correction. Raises `rulings.Refused`, `UnknownDossier`."""
    dossier, events, entries = rulings.give_opinion(await _locked(work, wish), wish, work.at)
    if not events:
        return
    await store.add_last_opinion(work.session, dossier)
    await store.note(work.session, dossier.candidacy_id, entries)
    work.record(*events)


async def _learn(work: Work, event: Told) -> None:
    dossier = await store.claim(work.session, event.candidacy_id)
    await store.save_facts(work.session, learn(dossier, event))


async def _locked(work: Work, wish: GiveOpinion) -> Dossier:
    dossier = await store.locked(work.session, wish.candidacy_id)
    if dossier is None:
        raise UnknownDossier(f"no dossier {wish.candidacy_id}: check the address")
    return dossier
