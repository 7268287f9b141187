"""The default detector: script gate, then n-grams, then the declared language."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from transforms.text.language.answers import Identification
from transforms.text.language.decisions import Evidence, by_model, by_script, worth
from transforms.text.language.gate import Verdict, fold_lookalikes, judge, letters_by_script
from transforms.text.language.ngrams import PLAIN, Batch, Indices, Symbols, code_points, read, tidy
from transforms.text.language.storage import read_model
from transforms.text.language.tables import Table

NAME = "khabar-langdetect-3"
SHORT, LONG = 300, 1500  # characters read at first, and when those leave doubt
DOUBT = 0.999


@cache
def tables() -> dict[str, Table]:
    """The model's tables by script, read once per process."""
    return read_model()


def identify(text: str, hint: str | None = None) -> Identification:
    """Identify the language of one text; see :func:`identify_batch`."""
    return identify_batch([text], [hint])[0]


def identify_batch(texts: Sequence[str], hints: Sequence[str | None]) -> list[Identification]:
    """Identify texts of any kind (plain, not HTML); ``hints`` are declared BCP 47 tags or None.

    An answer depends on its text and hint alone: not on batch, order, thread, process or run. Reads the
    first 300 characters, and 1 500 where those leave p < 0.999. Raises ValueError when the lengths differ.
    """
    if len(texts) != len(hints):
        raise ValueError(f"{len(texts)} texts but {len(hints)} hints")
    answers = _identify([text[:SHORT] for text in texts], hints)
    doubtful = [i for i, text in enumerate(texts) if len(text) > SHORT and answers[i].confidence < DOUBT]
    if doubtful:
        longer = _identify([texts[i][:LONG] for i in doubtful], [hints[i] for i in doubtful])
        for i, answer in zip(doubtful, longer, strict=True):
            answers[i] = answer
    return answers


def _identify(texts: Sequence[str], hints: Sequence[str | None]) -> list[Identification]:
    if not texts:
        return []
    reading = judged(texts)
    answers: list[Identification | None] = [
        by_script(verdict, hint) if verdict.language else None
        for verdict, hint in zip(reading.verdicts, hints, strict=True)
    ]
    for i, evidence in evidence_of(reading).items():
        answers[i] = by_model(reading.verdicts[i], evidence, reading.clean[i], hints[i])
    return [answer for answer in answers if answer is not None]


class Reading(NamedTuple):
    """Tidy texts, what their scripts say, and their code points as :func:`code_points` gives them."""

    clean: list[str]
    verdicts: list[Verdict]
    points: Symbols
    starts: Indices


def judged(texts: Sequence[str]) -> Reading:
    """Tidy texts and let the gate see them."""
    clean = [tidy(text) for text in texts]
    points, starts = code_points(clean)
    counts = letters_by_script(points, starts).tolist()
    return Reading(clean, [judge(text, row) for text, row in zip(clean, counts, strict=True)], points, starts)


def evidence_of(reading: Reading) -> dict[int, Evidence]:
    """Scores of the texts that their script leaves open, by position."""
    queues: dict[str, list[int]] = {}
    for i, verdict in enumerate(reading.verdicts):
        if verdict.language is None:
            queues.setdefault(verdict.script, []).append(i)
    found: dict[int, Evidence] = {}
    for script, queue in queues.items():
        found.update(zip(queue, _score(script, _read(script, queue, reading)), strict=True))
    return found


def _read(script: str, queue: list[int], reading: Reading) -> Batch:
    latin = script == "Latn"
    if latin and len(queue) == len(reading.clean):
        return read(reading.points, reading.starts)
    clean = [reading.clean[i] for i in queue]
    if script == "Cyrl":
        clean = [fold_lookalikes(text) for text in clean]
    return read(*code_points(clean), keep_latin=latin)


def _score(script: str, batch: Batch) -> list[Evidence]:
    table = tables()[script]
    scores = table.score(batch)
    nats = scores.totals.astype(np.float64) * (table.step / PLAIN)
    known = scores.known.tolist()
    odds = nats * np.array([worth(count) for count in known])[:, None]
    best = zip(nats.argmax(axis=1).tolist(), nats.max(axis=1).tolist(), strict=True)
    counts = zip(known, (scores.weights / PLAIN).tolist(), scores.seen.tolist(), strict=True)
    return [
        Evidence(table.tags, row, *highest, *counted, table.usual)
        for row, highest, counted in zip(odds.tolist(), best, counts, strict=True)
    ]
