"""Train the language model: ``python -m benchmarks.train_language SENTENCES LINGUA OUTPUT``.

``SENTENCES`` holds one ``<tag>.txt`` per language, one sentence a line (transforms/text/models/README.md);
``LINGUA`` is the folder ``lingua/language-models`` of lingua-language-detector 1.3.5. Same bytes twice.

Per script: an n-gram's first weight for a language is log P from the sentences (naive Bayes) plus what an
interpolated character model of news text adds (language_start). The most telling n-grams are kept, their
weights tuned as a softmax regression on crops of the sentences, and rounded to small whole numbers.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse

from benchmarks.language_examples import Example, examples, read_sentences
from benchmarks.language_start import first_weights
from transforms.text.language.ngrams import ORDERS, PLAIN, Symbols, code_points, keys, read
from transforms.text.language.storage import GROUPS, Group, Learnt, write_model
from transforms.text.language.tables import room_to_end

SCALE, POWER = 0.131, -0.192  # logits = SCALE * n**POWER * sum of weights in nats, n n-grams
EPOCHS, RATE, PART = 3, 0.05, 512


class Start(NamedTuple):
    """First weights: ``keys`` sorted, ``weights`` n-grams x languages in nats."""

    keys: Symbols
    weights: npt.NDArray[np.float32]


def matrix(texts: list[str], known: Symbols, latin: bool) -> sparse.csr_matrix:
    """Texts x n-grams, occurrences weighted as the identifier weights them (1.0 a plain occurrence)."""
    batch = read(*code_points(texts), keep_latin=latin)
    room, text = room_to_end(batch), np.searchsorted(batch.starts, np.arange(len(batch.symbols)), "right") - 1
    rows, columns, values, found = [], [], [], keys(batch.symbols)
    for order in range(ORDERS):
        key = found[:, order]
        at = np.minimum(np.searchsorted(known, key), len(known) - 1)
        hit = np.flatnonzero((known[at] == key) & (room >= order))
        rows.append(text[hit])
        columns.append(at[hit])
        values.append(batch.weights[hit] / PLAIN)
    parts = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.coo_matrix(parts, shape=(len(texts), len(known))).tocsr()


def tune(start: Start, crops: list[Example], latin: bool, seed: int) -> npt.NDArray[np.float32]:
    """Softmax regression from ``start`` by AdaGrad per n-gram; one pass is one epoch."""
    rng = np.random.default_rng(seed)
    weights, squares = start.weights.copy(), np.full(len(start.keys), 1e-6, np.float32)
    counts = sparse.vstack(
        [
            matrix([crop.text for crop in crops[i : i + 4096]], start.keys, latin)
            for i in range(0, len(crops), 4096)
        ]
    ).tocsr()
    label = np.array([crop.label for crop in crops])
    scale = SCALE * np.maximum(np.asarray(counts.sum(1)).ravel(), 1) ** POWER
    counts = (sparse.diags_array(scale.astype(np.float32)) @ counts).tocsr()
    for epoch in range(EPOCHS):
        order, loss = rng.permutation(len(crops)), 0.0
        for part in range(0, len(order), PART):
            chosen = order[part : part + PART]
            loss += step(weights, squares, counts[chosen], label[chosen], RATE / (1 + epoch))
        print(f"  epoch {epoch}: loss {loss / len(order):.4f}", flush=True)
    return weights


def step(
    weights: npt.NDArray[np.float32],
    squares: npt.NDArray[np.float32],
    counts: sparse.csr_matrix,
    label: npt.NDArray[np.int64],
    rate: float,
) -> float:
    """One descent on one part of the crops, in place; returns the summed loss before it."""
    logits = counts @ weights
    logits -= logits.max(1, keepdims=True)
    chance = np.exp(logits)
    chance /= chance.sum(1, keepdims=True)
    mine = np.arange(len(label)), label
    loss = -float(np.log(chance[mine] + 1e-9).sum())
    chance[mine] -= 1
    by_gram = counts.T.tocsr()
    touched = np.flatnonzero(np.diff(by_gram.indptr))
    slope = by_gram[touched] @ chance / len(label)
    squares[touched] += (slope * slope).mean(1)
    weights[touched] -= rate * slope / np.sqrt(squares[touched])[:, None]
    return loss


def rounded(weights: npt.NDArray[np.float32], step_nats: float) -> npt.NDArray[np.int8]:
    """Whole numbers of ``step_nats``; each row's commonest value becomes 0 (offsets decide nothing)."""
    whole = np.rint(weights / step_nats)
    for row in whole:
        values, counts = np.unique(row, return_counts=True)
        row -= values[counts.argmax()]
    return np.clip(whole, -127, 127).astype(np.int8)


def usual(learnt: Learnt, group: Group, crops: list[Example]) -> list[float]:
    """Median nats per known n-gram of each language's crops in its own column."""
    table = learnt.table(group)
    found: list[list[float]] = [[] for _ in group.tags]
    for part in range(0, len(crops), 4096):
        chosen = crops[part : part + 4096]
        batch = read(*code_points([crop.text for crop in chosen]), keep_latin=group.script == "Latn")
        scores = table.score(batch)
        for crop, totals, known in zip(chosen, scores.totals, scores.known, strict=True):
            found[crop.label].append(float(totals[crop.label]) / max(int(known), 1))
    return [round(float(np.median(values)) * group.step / PLAIN, 3) for values in found]


def train(group: Group, sentences: dict[str, list[str]], lingua: Path) -> Learnt:
    """Keys and weights for the languages of one script."""
    start = Start(*first_weights(group, sentences, lingua))
    crops = examples(group, sentences, seed=6)
    print(
        f"{group.script}: {len(group.tags)} languages, {len(start.keys)} n-grams, {len(crops)} crops",
        flush=True,
    )
    weights = rounded(tune(start, crops, group.script == "Latn", seed=7), group.step)
    telling = weights.any(1)
    learnt = Learnt(start.keys[telling], weights[telling], [0.0] * len(group.tags))
    return learnt._replace(usual=usual(learnt, group, crops))


def main(sentences_folder: str, lingua: str, output: str) -> int:
    sentences = read_sentences(Path(sentences_folder))
    tables = {group.script: train(group, sentences, Path(lingua)) for group in GROUPS}
    write_model(Path(output), tables)
    print(f"{output}: {Path(output).stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
