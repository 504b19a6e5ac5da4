"""Weighted words of many texts, turned round: which texts hold a word, and how much it weighs there.

The rule kept here: a text's score depends on nothing but itself and the question, whatever came before, and
is found without reading the others again; a change costs its own words.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
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
        """For each row ever written a line, for each question a column: the product of their weights; see `named`.

        Only the postings of the words asked for are read, once for all the questions; a row's products are added
        in the order of the alphabet, so that its score is the same to the last bit whatever was written before.
        """
        self._order()
        words = sorted({word for one in asked for word in one if word in self._words})
        columns = np.array([self._words[word] for word in words], np.int64)
        weights = np.array([[one.get(word, 0.0) for one in asked] for word in words], np.float32)
        found = [np.zeros((0, len(asked)), np.float32)]
        for segment in (self._base, self._tail):
            known = columns < segment.shape[0]
            if segment.nnz and known.any():
                found.append(segment[columns[known]].T @ weights[known])
            else:
                found.append(np.zeros((segment.shape[1], len(asked)), np.float32))
        return np.concatenate(found)

    def saturated(self, count: float, damping: float) -> float:
        """What a word that is said `count` times in a row of that damping weighs."""
        return count if self._saturation is None else count * (self._saturation + 1) / (count + damping)

    def named(self, places: NDArray[np.bool_]) -> Iterator[tuple[Key, int]]:
        """The key and the place of each row that is marked and still there."""
        for place in np.flatnonzero(places).tolist():
            key = self._keys[place]
            if key is not None:
                yield key, place

    def marked(self, keys: Iterable[Key]) -> NDArray[np.intp]:
        """The places of those rows; keys that are not here have none."""
        return np.array([self._places[key] for key in keys if key in self._places], np.intp)

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
