"""The weights of one script's languages, and how a batch of texts is scored with them."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.language.ngrams import KEY_BITS, ORDERS, Batch, Indices, Symbols, keys

_ROOM_BITS = 3  # eight to sixteen slots an n-gram; one that shares its slot with a later one is lost

_LENGTHS = np.arange(ORDERS)  # symbols that follow the first, by order


class Scores(NamedTuple):
    """What the n-grams of each text say.

    Attributes:
        totals: texts x languages; whole numbers below 2**24 in float32, so exact in any order of summing.
        known: n-grams of each text that the table knows.
        weights: Their weights, summed: PLAIN for each, CAPITALISED in a name.
        seen: n-grams of each text.
    """

    totals: npt.NDArray[np.float32]
    known: Indices
    weights: npt.NDArray[np.float32]
    seen: Indices


class Table:
    """Integer weights of character n-grams for the languages of one script.

    Attributes:
        tags: BCP 47 tags, one per column.
        step: Nats per unit of weight.
        usual: Nats per n-gram that a text of each language usually earns in its own column.
    """

    def __init__(
        self, tags: list[str], step: float, usual: list[float], keys: Symbols, weights: npt.NDArray[np.int8]
    ) -> None:
        """Index ``weights`` (n-grams x languages, int8) by ``keys`` (distinct, below 2**28)."""
        self.tags, self.step, self.usual = tags, step, usual
        # Row 0 is the unknown n-gram; the last column counts what is known, weighted like the rest.
        self._weights = np.pad(weights, ((1, 0), (0, 1)))
        self._weights[1:, -1] = 1
        slot_bits = len(keys).bit_length() + _ROOM_BITS
        self._shift = np.uint32(KEY_BITS - slot_bits)
        self._check = np.uint32((1 << (KEY_BITS - slot_bits)) - 1)
        self._slots = np.zeros(1 << slot_bits, np.uint32)
        rows = np.arange(1, len(keys) + 1, dtype=np.uint32)
        self._slots[keys >> self._shift] = (rows << self._shift) | (keys & self._check)

    @property
    def nbytes(self) -> int:
        """Memory of the weights and of their index."""
        return self._weights.nbytes + self._slots.nbytes

    def score(self, batch: Batch) -> Scores:
        """Sum the weights of each text's n-grams; independent of the texts around it."""
        rows = self._rows(batch).ravel()
        hits = rows.nonzero()[0]
        bounds = hits.searchsorted(batch.starts * ORDERS)
        factors, rows = batch.weights[hits // ORDERS], rows[hits].astype(np.intp)
        totals = np.empty((len(bounds) - 1, len(self.tags) + 1), np.float32)
        known = bounds[1:] - bounds[:-1]
        # The weights of one text fit the processor's cache, those of a batch do not.
        room = np.empty((known.max(initial=0), totals.shape[1]), np.float32)
        for text, (first, last) in enumerate(pairwise(bounds.tolist())):
            weights = room[: last - first]
            np.copyto(weights, self._weights.take(rows[first:last], axis=0))
            np.dot(factors[first:last], weights, out=totals[text])
        seen = (batch.starts[1:] - batch.starts[:-1]) * ORDERS
        return Scores(totals[:, :-1], known, totals[:, -1], seen)

    def _rows(self, batch: Batch) -> Symbols:
        """Row of the weights for the n-gram of each order that begins at each symbol; 0 when unknown."""
        key = keys(batch.symbols)
        entry = self._slots.take(key >> self._shift)
        key ^= entry
        key &= self._check
        known = key == 0
        known &= room_to_end(batch)[:, None] >= _LENGTHS
        entry >>= self._shift
        entry *= known
        return entry


def room_to_end(batch: Batch) -> Indices:
    """Symbols that follow each symbol up to and including its own text's closing BREAK."""
    starts, size = batch.starts, len(batch.symbols)
    if len(starts) == 2:  # one text ends where the symbols do
        return np.arange(size - 1, -1, -1)
    room = np.zeros(size, np.int64)
    room[:-1] = starts[1:].repeat(starts[1:] - starts[:-1])
    room[:-1] -= np.arange(size - 1)
    return room
