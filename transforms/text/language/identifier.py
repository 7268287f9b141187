"""The default detector: script gate, then n-grams, then the declared language."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from transforms.text.language.answers import Identification
from transforms.text.language.decisions import Evidence, by_model, by_script
from transforms.text.language.gate import Verdict, fold_lookalikes, judge, letters_by_script
from transforms.text.language.ngrams import PLAIN, code_points, read, tidy
from transforms.text.language.storage import read_model
from transforms.text.language.tables import Table

NAME = "khabar-langdetect-1"
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
    clean, verdicts = verdicts_of(texts)
    answers: list[Identification | None] = [
        by_script(verdict, hint) if verdict.language else None
        for verdict, hint in zip(verdicts, hints, strict=True)
    ]
    for i, evidence in evidence_of(clean, verdicts).items():
        answers[i] = by_model(verdicts[i], evidence, clean[i], hints[i])
    return [answer for answer in answers if answer is not None]


def verdicts_of(texts: Sequence[str]) -> tuple[list[str], list[Verdict]]:
    """Tidy texts, and what their scripts say."""
    clean = [tidy(text) for text in texts]
    counts = letters_by_script(*code_points(clean)).tolist()
    return clean, [judge(text, row) for text, row in zip(clean, counts, strict=True)]


def evidence_of(clean: Sequence[str], verdicts: Sequence[Verdict]) -> dict[int, Evidence]:
    """Scores of the texts that their script leaves open, by position."""
    queues: dict[str, list[int]] = {}
    for i, verdict in enumerate(verdicts):
        if verdict.language is None:
            queues.setdefault(verdict.script, []).append(i)
    found: dict[int, Evidence] = {}
    for script, queue in queues.items():
        table = tables()[script]
        found.update(zip(queue, _score(table, script, [clean[i] for i in queue]), strict=True))
    return found


def _score(table: Table, script: str, clean: list[str]) -> list[Evidence]:
    if script == "Cyrl":
        clean = [fold_lookalikes(text) for text in clean]
    scores = table.score(read(*code_points(clean), keep_latin=script == "Latn"))
    nats = (scores.totals.astype(np.float64) * (table.step / PLAIN)).tolist()
    counts = zip(nats, scores.known.tolist(), scores.seen.tolist(), strict=True)
    return [Evidence(table.tags, row, known, seen, table.usual) for row, known, seen in counts]
