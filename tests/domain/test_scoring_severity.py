"""The informative layer says what it knows, refuses what it cannot know, and changes nothing that is crossed."""

import json
import os
import random
from dataclasses import asdict

import numpy as np
import pytest

from scoring.domain.severity import DossierFit, Fit, Refusal, fit, refusal

SESSIONS = 200 if os.environ.get("CHEVALEMENT_DOSE") == "large" else 24
"""Simulated sittings; the large dose is the one that the promise is measured with."""


def simulated(seed: int, dossiers: int = 12, jurors: int = 8, share: float = 0.7) -> tuple[dict, np.ndarray]:
    """Scores of a sitting, and the severities that were planted, less their mean."""
    drawn = np.random.default_rng(seed)
    worth, severity = drawn.normal(2.2, 0.6, dossiers), drawn.normal(0, 0.6, jurors)
    scores = {}
    for d in range(dossiers):
        readers = drawn.permutation(jurors)[: max(3, round(share * jurors))]
        for j in readers:
            scores[f"d{d:02}", f"j{j:02}"] = float(worth[d] + severity[j] + drawn.normal(0, 0.35))
    return scores, severity


def fitted(scores: dict, seed: int = 1, kept: int = 1_000) -> Fit:
    found = fit(scores, seed, kept)
    assert isinstance(found, Fit), found
    return found


def by_name(found: Fit) -> dict[str, DossierFit]:
    return {dossier.name: dossier for dossier in found.dossiers}


def test_full_crossing_corrects_nothing() -> None:
    scores, _ = simulated(3, share=1.0)

    found = fitted(scores)

    assert found.crossed
    assert max(abs(d.raw - d.corrected) for d in found.dossiers) <= 1e-9
    raw = sorted(found.dossiers, key=lambda d: d.raw)
    assert [d.name for d in raw] == [d.name for d in sorted(found.dossiers, key=lambda d: d.worth.mean)]
    middle = np.mean([d.raw for d in raw])
    shrunk = [(d.worth.mean - middle) / (d.raw - middle) for d in raw]
    assert max(shrunk) - min(shrunk) <= 1e-9, "full crossing shrinks every dossier alike"


def test_a_severe_juror_who_reads_the_best_is_told_apart() -> None:
    scores = {(f"d{d}", f"j{j}"): 2.0 + 0.1 * d for d in range(6) for j in range(3)}
    scores |= {(f"d{d}", "severe"): 1.0 + 0.1 * d for d in (3, 4, 5)}

    found = by_name(fitted(scores))

    assert found["d3"].raw < found["d2"].raw
    assert found["d3"].corrected > found["d2"].corrected


def test_the_order_of_the_scores_does_not_matter() -> None:
    scores, _ = simulated(5)
    shuffled = list(scores.items())
    random.Random(7).shuffle(shuffled)

    assert fitted(dict(shuffled), kept=100) == fitted(scores, kept=100)


def test_the_same_seed_gives_the_same_bytes() -> None:
    scores, _ = simulated(5)

    one, two, other = (json.dumps(asdict(fitted(scores, seed, 100))) for seed in (11, 11, 12))

    assert one == two != other


def test_planted_severities_are_found() -> None:
    held, planted = 0, 0
    for seed in range(SESSIONS):
        scores, severity = simulated(seed)
        found = fitted(scores, seed, kept=250)
        for j, value in enumerate(severity):
            estimate = found.jurors[f"j{j:02}"]
            held += estimate.low <= value <= estimate.high
            planted += 1

    assert held / planted >= 0.85, f"{held} of {planted} severities are in their interval"


def test_a_crowd_of_jurors_is_told_as_a_few() -> None:
    """Jurors that outnumber the dossiers take the other way through the same sums."""
    scores, severity = simulated(4, dossiers=5, jurors=40, share=0.9)

    found = fitted(scores, kept=250)

    held = [e.low <= severity[int(name[1:])] <= e.high for name, e in found.jurors.items()]
    assert sum(held) >= 0.8 * len(held)
    assert sorted(by_name(found), key=lambda n: by_name(found)[n].worth.mean) == sorted(
        by_name(found), key=lambda n: by_name(found)[n].corrected
    )
    assert 0.3 < found.spreads["severity"] < 1
    assert 0.25 < found.spreads["chance"] < 0.45


def test_full_crossing_by_a_crowd_shrinks_alike_too() -> None:
    found = fitted(simulated(4, dossiers=5, jurors=40, share=1.0)[0], kept=100)
    middle = np.mean([d.raw for d in found.dossiers])
    shrunk = [(d.worth.mean - middle) / (d.raw - middle) for d in found.dossiers]

    assert max(shrunk) - min(shrunk) <= 1e-9


def test_draws_are_worth_something() -> None:
    found = fitted(simulated(9)[0])

    assert found.draws == 4_000
    assert found.largest_rhat < 1.02
    assert found.smallest_ess > 400


def test_probabilities_of_ranks_are_probabilities() -> None:
    found = fitted(simulated(9)[0], kept=100)

    for k in range(12):
        assert sum(d.rank_at_most[k] for d in found.dossiers) == pytest.approx(k + 1)
    assert all(d.rank_at_most[-1] == 1 for d in found.dossiers)


THIN = {
    "nothing": ({}, "Aucune note"),
    "two reviews": ({(f"d{d}", f"j{j}"): 2.0 for d in range(4) for j in range(2)}, "Moins de 3 jurés"),
    "a passer-by": (
        {(f"d{d}", f"j{j}"): 2.0 for d in range(4) for j in range(3)} | {("d0", "passing"): 1.0},
        "moins de 3 dossiers",
    ),
    "two islands": (
        {(f"d{i}{d}", f"j{i}{j}"): 2.0 for i in "ab" for d in range(3) for j in range(3)},
        "aucun dossier en commun",
    ),
}


@pytest.mark.parametrize("case", THIN)
def test_a_thin_graph_is_refused_with_its_reason(case: str) -> None:
    scores, words = THIN[case]

    found = fit(scores, 1)

    assert isinstance(found, Refusal)
    assert any(words in reason for reason in found.reasons), found.reasons


def test_what_is_thick_enough_is_not_refused() -> None:
    assert refusal(simulated(1)[0]) is None


def test_equal_marks_everywhere_do_not_break_it() -> None:
    found = fitted({(f"d{d}", f"j{j}"): 2.0 for d in range(4) for j in range(3)}, kept=50)

    assert all(d.worth.mean == pytest.approx(2.0, abs=1e-3) for d in found.dossiers)
