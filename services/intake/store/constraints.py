"""A constraint of the database speaks French: its name leads to the sentence that a page shows."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType

from sqlalchemy.exc import IntegrityError

from intake.domain.refusals import SPENT, AlreadySubmitted, Refused, SpentLink

SPOKEN: Mapping[str, tuple[str, type[Refused], str]] = MappingProxyType(
    {
        "uq_wave_open": (
            "wave.state",
            Refused,
            "Une vague est déjà ouverte : elle doit se terminer avant que la suivante commence.",
        ),
        "uq_candidacy_form_token": (
            "candidacy.form_token",
            AlreadySubmitted,
            "Ce formulaire a déjà été envoyé.",
        ),
        "uq_correction_open": (
            "correction.candidacy_id, correction.section",
            Refused,
            "Une correction de cette partie vient d’être demandée.",
        ),
        "uq_candidacy_taken_from": (
            "candidacy.taken_from",
            Refused,
            "Ce dossier a déjà été repris dans une nouvelle vague.",
        ),
        "uq_selection_wave_id_name": (
            "selection.wave_id, selection.name",
            Refused,
            "Une simulation de cette vague porte déjà ce nom : choisissez-en un autre.",
        ),
        "uq_attachment_draft_id_digest": (
            "attachment.draft_id, attachment.digest",
            Refused,
            "Ce fichier vient d’être joint.",
        ),
        "uq_attachment_candidacy_id_digest": (
            "attachment.candidacy_id, attachment.digest",
            Refused,
            "Ce fichier vient d’être joint.",
        ),
        "pk_spent_link": ("spent_link.once", SpentLink, SPENT),
        "uq_person_email": (
            "person.email",
            Refused,
            "Cette adresse vient d’être ajoutée : rechargez la page pour voir à qui elle est.",
        ),
    }
)
"""Name (as PostgreSQL tells it) → the column (as SQLite tells it), the error, the sentence."""


@asynccontextmanager
async def spoken() -> AsyncIterator[None]:
    """Turn the violation of a known constraint into its error; any other goes on as it is."""
    try:
        yield
    except IntegrityError as error:
        told = str(error.orig)
        for name, (column, kind, sentence) in SPOKEN.items():
            if f'"{name}"' in told or told.endswith(f"failed: {column}"):
                raise kind(sentence) from error
        raise
