"""Weighted words of many texts, turned round: which texts hold a word, and how much it weighs there.

The rule kept here: a text's score depends on nothing but itself and the question, whatever came before, and
is found without reading the others again; a change costs its own words.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

FEWEST, SHARE = 512, 20
"""The rows written since the last ordering are ordered with the others over FEWEST and one in SHARE of all."""

Key = TypeVar("Key", bound=Hashable)
Floats = NDArray[np.float32]
Row = tuple[NDArray[np.int32], NDArray[np.float32]]


class Postings(Generic[Key]):
    """Rows of weighted words, by key. About eight bytes a word, twice.

    With a `saturation`, weights are counts: the nth time a word is said tells less than the first, the sooner the
    smaller the row's damping is (BM25's k1). Without, they are taken as they are.
    """

    def __init__(self, saturation: float | None = None) -> None:
        self._saturation = saturation
        self._damping: list[float] = []
        self._words: dict[str, int] = {}
        self._keys: list[Key | None] = []  # None: the row was replaced or dropped
        self._places: dict[Key, int] = {}
        self._rows: list[Row] = []
        self._ordered = 0
        # Words by rows, so that a question by a segment is one sparse product.
        self._base = self._tail = csr_matrix((0, 0), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._places)

    def put(self, key: Key, weights: Mapping[str, float], damping: float = 1.0) -> None:
        """Write a row, or write it anew."""
        self.drop(key)
        places = [self._words.setdefault(word, len(self._words)) for word in weights]
        self._places[key] = len(self._keys)
        self._keys.append(key)
        self._rows.append((np.array(places, np.int32), np.array(list(weights.values()), np.float32)))
        self._damping.append(damping)
        self._tail = csr_matrix((0, 0), dtype=np.float32)

    def dampen(self, damping: Mapping[Key, float]) -> None:
        """Give each row another damping."""
        for key, place in self._places.items():
            self._damping[place] = damping[key]
        self._compact()

    def drop(self, key: Key) -> None:
        """Forget a row; nothing where there is none."""
        place = self._places.pop(key, None)
        if place is not None:
            self._keys[place] = None

    def scores(self, *asked: Mapping[str, float]) -> Floats:
        """For each question a line: the product of its weights with those of each row ever written; see `named`."""
        self._order()
        found = np.zeros((len(asked), len(self._keys)), np.float32)
        for segment, first in ((self._base, 0), (self._tail, self._ordered)):
            if segment.nnz:
                product = self._questions(asked, segment.shape[0]) @ segment
                found[:, first : first + segment.shape[1]] = product.toarray()
        return found

    def _questions(self, asked: Sequence[Mapping[str, float]], words: int) -> "csr_matrix[np.float32]":
        """A row a question; words that no row of the segment has are left out."""
        columns: list[int] = []
        values: list[float] = []
        ends = [0]
        for one in asked:
            for word, weight in one.items():
                column = self._words.get(word, words)
                if column < words:
                    columns.append(column)
                    values.append(weight)
            ends.append(len(columns))
        return csr_matrix((np.array(values, np.float32), np.array(columns, np.int32), ends), shape=(len(asked), words))

    def saturated(self, count: float, damping: float) -> float:
        """What a word that is said `count` times in a row of that damping weighs."""
        return count if self._saturation is None else count * (self._saturation + 1) / (count + damping)

    def named(self, places: NDArray[np.bool_]) -> Iterator[tuple[Key, int]]:
        """The key and the place of each row that is marked and still there."""
        for place in np.flatnonzero(places).tolist():
            key = self._keys[place]
            if key is not None:
                yield key, place

    def matrix(self) -> "csr_matrix[np.float32]":
        """All the rows that are there, one after the other, over all the words."""
        return self._stacked(list(self._places.values()))

    def frequency(self) -> dict[str, int]:
        """How many of the rows that are there hold each word."""
        columns = [self._rows[place][0] for place in self._places.values()]
        counts = np.bincount(np.concatenate(columns) if columns else np.empty(0, np.int32), minlength=len(self._words))
        return {word: int(counts[column]) for word, column in self._words.items() if counts[column]}

    def over(self, words: "Postings[Key]") -> None:
        """Give this one, still empty, the columns of another, so that their matrices can be multiplied."""
        if self._keys:
            raise ValueError(f"{len(self)} rows are written already: share the words before the first")
        self._words = words._words

    def _order(self) -> None:
        waiting = len(self._rows) - self._ordered
        if waiting > max(FEWEST, self._ordered // SHARE):
            self._compact()
        elif waiting and not self._tail.shape[1]:
            self._tail = self._stacked(list(range(self._ordered, len(self._rows)))).T.tocsr()

    def _compact(self) -> None:
        kept = list(self._places.items())
        self._rows = [self._rows[place] for _, place in kept]
        self._damping = [self._damping[place] for _, place in kept]
        self._keys = [key for key, _ in kept]
        self._places = {key: place for place, (key, _) in enumerate(kept)}
        self._base = self._stacked(list(range(len(kept)))).T.tocsr()
        self._tail = csr_matrix((0, 0), dtype=np.float32)
        self._ordered = len(self._rows)

    def _stacked(self, places: list[int]) -> "csr_matrix[np.float32]":
        rows = [self._rows[place] for place in places]
        ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([one for one, _ in rows]) if rows else np.empty(0, np.int32)
        values = np.concatenate([one for _, one in rows]) if rows else np.empty(0, np.float32)
        if self._saturation is not None:
            damping = np.repeat(np.array([self._damping[place] for place in places], np.float32), np.diff(ends))
            values = values * np.float32(self._saturation + 1) / (values + damping)
        return csr_matrix((values, columns, ends), shape=(len(rows), len(self._words)))
