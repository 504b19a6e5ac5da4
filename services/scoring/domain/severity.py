"""The informative layer of one committee: what its marks say once each juror's severity is told apart.

A mark is the committee's mean + the dossier's worth + the juror's severity + chance; worth, severity and chance are
normal, their spreads uniform between 0 and 2 levels. Where everybody marks everything nothing is corrected, and
the layer says so: it then only tells how sure a rank is. Where jurors and dossiers are too thinly linked it
refuses, since its intervals would lie. It never crosses committees: students and experts differ by what they see.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

REVIEWS_MIN = 3
DOSSIERS_MIN = 3
CHAINS = 4
KEPT = 1_000
"""Draws kept of each chain: 4,000 in all."""
WARM_UP = 250
SD_MAX = 2.0
VARIANCE_MIN = 1e-8

Array = npt.NDArray[np.float64]
Scores = Mapping[tuple[str, str], float]
"""By (dossier, juror): the juror's score of the dossier, on the scale."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is shown, in sentences that a page can show."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and the interval that holds it nine times out of ten."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class DossierFit:
    """`raw` is the plain mean, `corrected` the same had every juror been of average severity."""

    name: str
    reviews: int
    raw: float
    corrected: float
    worth: Estimate
    expected_rank: float
    rank_at_most: tuple[float, ...]
    """The probability of being among the first 1, 2, 3…"""

    def zone(self, places: int) -> str:
        """`dedans`, `dehors`, or `discuter`: an item of the agenda, never a decision."""
        chance = self.rank_at_most[min(places, len(self.rank_at_most)) - 1]
        return "dedans" if chance > 0.9 else "dehors" if chance < 0.1 else "discuter"


@dataclass(frozen=True, slots=True)
class Fit:
    """What the draws say; `crossed` when every juror marked every dossier."""

    seed: int
    draws: int
    crossed: bool
    dossiers: tuple[DossierFit, ...]
    jurors: Mapping[str, Estimate]
    spreads: Mapping[str, float]
    smallest_ess: float
    largest_rhat: float


def refusal(scores: Scores) -> Refusal | None:
    """Why the layer may not speak, None when it may."""
    dossiers: dict[str, set[str]] = {}
    jurors: dict[str, set[str]] = {}
    for dossier, juror in scores:
        dossiers.setdefault(dossier, set()).add(juror)
        jurors.setdefault(juror, set()).add(dossier)
    if not scores:
        return Refusal(("Aucune note n'est encore rendue.",))
    thin = sum(len(readers) < REVIEWS_MIN for readers in dossiers.values())
    rare = sum(len(read) < DOSSIERS_MIN for read in jurors.values())
    found = []
    if thin:
        found.append(f"Moins de {REVIEWS_MIN} jurés ont noté certains dossiers ({thin} sur {len(dossiers)}).")
    if rare:
        found.append(f"Certains jurés ont noté moins de {DOSSIERS_MIN} dossiers ({rare} sur {len(jurors)}).")
    if not _connected(dossiers, jurors):
        found.append("Deux groupes de jurés n'ont aucun dossier en commun : on ne peut pas comparer leur sévérité.")
    return Refusal(tuple(found)) if found else None


def _connected(dossiers: Mapping[str, set[str]], jurors: Mapping[str, set[str]]) -> bool:
    """Whether one can go from any dossier to any other by jurors in common."""
    start = next(iter(dossiers))
    seen, met, waiting = {start}, set[str](), [start]
    while waiting:
        for juror in dossiers[waiting.pop()] - met:
            met.add(juror)
            new = jurors[juror] - seen
            seen |= new
            waiting += new
    return len(seen) == len(dossiers)


def fit(scores: Scores, seed: int, kept: int = KEPT) -> Fit | Refusal:
    """The model's answer, or why there is none. The order in which scores come does not matter."""
    if (no := refusal(scores)) is not None:
        return no
    names = sorted({dossier for dossier, _ in scores}), sorted({juror for _, juror in scores})
    rows, columns = ({name: n for n, name in enumerate(sorted_)} for sorted_ in names)
    table = np.full((len(rows), len(columns)), np.nan)
    for (dossier, juror), value in scores.items():
        table[rows[dossier], columns[juror]] = value
    return _summary(names, table, _draws(table, seed, kept), seed)


def _draws(table: Array, seed: int, kept: int) -> dict[str, Array]:
    """Arrays of shape (chain, draw, …): `worth` with this jury's mean, `severity`, `spread`, `smooth` worths.

    A worth is told with this jury's mean severity: doubts about other juries would widen every interval.
    Worth and severity play the same part in the model: the more numerous of the two is integrated out.
    """
    turned = table.shape[1] > table.shape[0]
    found = _Gibbs(table.T if turned else table, seed).run(kept)
    worth, severity = ("columns", "rows") if turned else ("rows", "columns")
    return {
        "worth": found["mean"] + found[worth] + found[severity].mean(2, keepdims=True),
        "severity": found[severity],
        "spread": found["spread"][:, :, [1, 0, 2] if turned else [0, 1, 2]],
        "smooth": found["smooth mean"] + found[f"smooth {worth}"] + found[f"smooth {severity}"].mean(2, keepdims=True),
    }


class _Gibbs:
    """Draws of (mean, rows, columns) in one block, spreads given; then spreads, the block given.

    Rows are integrated out of the block's first half, so that its linear system has the size of the columns; rows
    with as many reviews are pulled alike, so that their products are summed once for all draws.
    What is smooth is expected from the spreads alone, so that a mean of it has no noise but theirs.
    """

    def __init__(self, table: Array, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.mask = (~np.isnan(table)).astype(np.float64)
        self.marks = np.where(self.mask > 0, np.nan_to_num(table), 0.0)
        self.reviews = self.mask.sum(1)
        self.design = np.column_stack([self.reviews, self.mask])
        self.counts, kinds = np.unique(self.reviews, return_inverse=True)
        alike = (self.design[kinds == kind] for kind in range(len(self.counts)))
        self.products = np.stack([some.T @ some for some in alike])
        read = self.mask.sum(0)
        self.gram = np.diag(np.concatenate([[read.sum()], read]))
        self.gram[0, 1:] = self.gram[1:, 0] = read
        self.sums = self.marks.sum(1)
        self.moments = np.concatenate([[self.sums.sum()], self.marks.sum(0)])
        self.squares = float((self.marks**2).sum())

    def run(self, kept: int) -> dict[str, Array]:
        """Arrays of shape (chain, draw, …), by name."""
        sizes = {"mean": 1, "rows": self.mask.shape[0], "columns": self.mask.shape[1]}
        sizes |= {f"smooth {name}": size for name, size in sizes.items()} | {"spread": 3}
        found = {name: np.empty((CHAINS, kept, size)) for name, size in sizes.items()}
        variances = self.random.uniform(0.2, 1.2, (CHAINS, 3)) ** 2
        for step in range(-WARM_UP, kept):
            drawn = self._block(variances)
            beta = np.concatenate([drawn["mean"], drawn["columns"]], axis=1)
            variances = self._variances(beta, drawn["rows"])
            if step >= 0:
                for name, values in drawn.items():
                    found[name][:, step] = values
                found["spread"][:, step] = np.sqrt(variances)
        return found

    def _block(self, variances: Array) -> dict[str, Array]:
        """The block, drawn and expected, one row a chain."""
        of_rows, of_columns, of_chance = variances[:, 0:1], variances[:, 1:2], variances[:, 2:3]
        shrink = 1.0 / (self.reviews + of_chance / of_rows)
        pulled = np.einsum("ck,kij->cij", 1.0 / (self.counts + of_chance / of_rows), self.products)
        system = (self.gram[None] - pulled) / of_chance[:, :, None]
        diagonal = np.arange(1, system.shape[1])
        system[:, diagonal, diagonal] += 1.0 / of_columns
        right = (self.moments[None] - (shrink * self.sums) @ self.design) / of_chance
        lower = np.linalg.cholesky(system)
        expected = np.linalg.solve(system, right[..., None])[..., 0]
        noise = self.random.standard_normal(expected.shape)
        beta = expected + np.linalg.solve(lower.transpose(0, 2, 1), noise[..., None])[..., 0]
        noise = self.random.standard_normal(shrink.shape)
        return {
            "mean": beta[:, :1],
            "rows": shrink * self._left(beta) + np.sqrt(of_chance * shrink) * noise,
            "columns": beta[:, 1:],
            "smooth mean": expected[:, :1],
            "smooth rows": shrink * self._left(expected),
            "smooth columns": expected[:, 1:],
        }

    def _left(self, beta: Array) -> Array:
        """For each row, the sum of its marks less the mean and its columns' effects."""
        left: Array = self.sums[None] - beta[:, :1] * self.reviews - beta[:, 1:] @ self.mask.T
        return left

    def _variances(self, beta: Array, rows: Array) -> Array:
        squares = np.stack([(rows**2).sum(1), (beta[:, 1:] ** 2).sum(1), self._rest(beta, rows)], axis=1)
        counts = np.array([rows.shape[1], beta.shape[1] - 1, self.mask.sum()])
        return self._drawn((counts[None] - 1) / 2, squares / 2)

    def _rest(self, beta: Array, rows: Array) -> Array:
        """The sum of the squares that a block leaves unexplained, by its terms: no table of every mark is made."""
        column = (beta @ self.gram * beta).sum(1) - 2 * beta @ self.moments
        row = (self.reviews * rows**2).sum(1) + 2 * (rows * (beta @ self.design.T - self.sums)).sum(1)
        left: Array = np.maximum(self.squares + column + row, 0.0)
        return left

    def _drawn(self, shape: Array, rate: Array) -> Array:
        """Variances whose square roots are uniform between 0 and SD_MAX a priori: the tail is drawn again."""
        drawn = np.full(rate.shape, SD_MAX**2)
        waiting = np.ones(rate.shape, dtype=bool)
        for _ in range(100):
            value = (rate + VARIANCE_MIN) / np.maximum(self.random.gamma(np.broadcast_to(shape, rate.shape)), 1e-300)
            taken = waiting & (value < SD_MAX**2)
            drawn[taken] = value[taken]
            waiting &= ~taken
            if not waiting.any():
                break
        floored: Array = np.maximum(drawn, VARIANCE_MIN)
        return floored


def _summary(names: tuple[list[str], list[str]], table: Array, draws: dict[str, Array], seed: int) -> Fit:
    ess, rhat = diagnostics(np.concatenate([draws["worth"], draws["severity"]], axis=2))
    return Fit(
        seed=seed,
        draws=draws["worth"].shape[0] * draws["worth"].shape[1],
        crossed=not bool(np.isnan(table).any()),
        dossiers=tuple(_dossiers(names[0], table, draws)),
        jurors={name: _estimate(draws["severity"][:, :, r]) for r, name in enumerate(names[1])},
        spreads=dict(zip(("worth", "severity", "chance"), map(float, draws["spread"].mean((0, 1))), strict=True)),
        smallest_ess=ess,
        largest_rhat=rhat,
    )


def _dossiers(names: list[str], table: Array, draws: dict[str, Array]) -> Iterator[DossierFit]:
    marked = ~np.isnan(table)
    severity = draws["severity"].mean((0, 1))
    worth = draws["worth"].reshape(-1, table.shape[0])
    order = np.argsort(np.argsort(-worth, axis=1, kind="stable"), axis=1, kind="stable")
    places = table.shape[0]
    tallies = np.apply_along_axis(np.bincount, 0, order, minlength=places)  # [place, dossier]
    at_most = np.cumsum(tallies, axis=0) / len(order)
    smooth = draws["smooth"].mean((0, 1))
    low, high = np.percentile(worth, [5, 95], axis=0)
    for p, name in enumerate(names):
        raw = float(table[p][marked[p]].mean())
        yield DossierFit(
            name=name,
            reviews=int(marked[p].sum()),
            raw=raw,
            corrected=raw - float(severity[marked[p]].mean() - severity.mean()),
            worth=Estimate(float(smooth[p]), float(low[p]), float(high[p])),
            expected_rank=float(order[:, p].mean()) + 1,
            rank_at_most=tuple(at_most[:, p].tolist()),
        )


def _estimate(draws: Any) -> Estimate:
    low, high = np.percentile(draws, [5, 95])
    return Estimate(float(draws.mean()), float(low), float(high))


def diagnostics(draws: Array) -> tuple[float, float]:
    """(smallest effective sample size, largest split R-hat) over the last axis of (chain, draw, quantity)."""
    half = draws.shape[1] // 2
    split = np.concatenate([draws[:, :half], draws[:, half : 2 * half]])
    within = split.var(axis=1, ddof=1).mean(0)
    total = (half - 1) / half * within + split.mean(1).var(axis=0, ddof=1)
    rhat = np.sqrt(total / np.maximum(within, 1e-300))
    centred = split - split.mean(1, keepdims=True)
    size = 2 ** int(np.ceil(np.log2(2 * half)))
    spectrum = np.fft.rfft(centred, size, axis=1)
    covariance = np.fft.irfft(spectrum * np.conj(spectrum), size, axis=1)[:, :half].mean(0) / half
    correlation = 1 - (within - covariance * half / (half - 1)) / np.maximum(total, 1e-300)
    pairs = correlation[: 2 * (half // 2)].reshape(half // 2, 2, -1).sum(1)
    positive = np.minimum.accumulate(np.where(np.cumprod(pairs > 0, axis=0) > 0, pairs, 0), axis=0)
    times = np.maximum(2 * positive.sum(0) - 1, 1e-3)
    return float((split.shape[0] * half / times).min()), float(rhat.max())
