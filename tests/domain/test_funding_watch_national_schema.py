"""What is written for data.gouv.fr holds to the national schema `dispositif-aide` 0.2.0, whatever a call says."""

import csv
import io
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from funding_watch.domain.call import FundingCall
from funding_watch.domain.exports import SCHEMA, as_dispositif_aide
from funding_watch.domain.presence import Life
from tests.watch_story import START, call

REQUIRED = ("id", "titre", "description", "eligibilite", "types_aides", "porteurs", "cibles", "date_mise_a_jour")
TARGETS = r"(professionnels|particuliers|associations|secteur public)"
AREAS = re.compile(r"[A-Z]+-\d+(\|[A-Z]+-\d+)*")
"""The two patterns of the published schema: who a scheme is for, and where, by official code."""

TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40)
SCALES = st.sampled_from(
    [
        ("commune", "62498"),
        ("epci", "246200364"),
        ("departement", "62"),
        ("region", "32"),
        ("pays", "FR"),
        ("autre", "x"),
    ]
)


@dataclass(frozen=True)
class Kept:
    """A call as the watch keeps it."""

    call: FundingCall
    first_seen_at: datetime = START
    last_seen_at: datetime = START
    last_changed_at: datetime = START
    life: Life = field(default_factory=Life)


CALLS = st.builds(
    lambda texts, scale, audiences, kinds: call(
        title=f"Titre {texts[0]}",
        description=texts[1] * 200,
        eligibility_text=texts[2],
        perimeter_scale=scale[0],
        perimeter_codes=(scale[1],),
        audiences=tuple(audiences),
        kinds=tuple(kinds),
    ),
    st.tuples(TEXTS, TEXTS, TEXTS),
    SCALES,
    st.lists(st.sampled_from(["commune", "association", "entreprise", "particulier"]), unique=True),
    st.lists(st.sampled_from(["subvention", "pret", "avance", "ingenierie", "autre"]), unique=True),
)


def rows(calls: list[FundingCall]) -> tuple[list[dict[str, Any]], int]:
    written, left_out = as_dispositif_aide([Kept(one) for one in calls])
    return list(csv.DictReader(io.StringIO(written.decode()))), left_out


@given(st.lists(CALLS, max_size=4))
def test_every_row_is_valid_and_what_is_not_is_counted(calls: list[FundingCall]) -> None:
    written, left_out = rows(calls)

    assert len(written) + left_out == len(calls)
    for row in written:
        assert tuple(row) == SCHEMA and all(row[name] for name in REQUIRED)
        assert uuid.UUID(row["id"]) and date.fromisoformat(row["date_mise_a_jour"])
        assert len(row["promesse"]) <= 180 and len(row["description"]) <= 5_000
        assert re.fullmatch(rf"{TARGETS}(\|{TARGETS})*", row["cibles"]) and "secteur public" in row["cibles"]
        assert AREAS.fullmatch(row["eligibilite_geographique"])
        assert all(one["nom"] and one["roles"] for one in json.loads(row["porteurs"]))


def test_a_whole_call_is_written_and_one_without_a_place_is_not() -> None:
    whole = call(eligibility_text="Ouvert aux communes.")
    written, left_out = rows([whole, whole.model_copy(update={"perimeter_codes": ()})])

    assert [row["eligibilite_geographique"] for row in written] == ["REG-32"] and left_out == 1
