"""Language identification beside its peers: ``python -m benchmarks.language [FOLDER]``.

FOLDER (default: ``$KHABAR_SHARED/eval/language``) holds ``dev.tsv`` (lang, length_class, group, text) and
``adversarial_dev.tsv`` (category, expected, text). Prints tables and floors; exit code 1 if one is missed.
All times are CPU time of this process, as multiples of langdetect's speed on the same texts in the same run.
Quality and speed of the default are taken on every text; the peers', and the default's beside them, on the
same PER_CELL texts of each language and length, because lingua takes 60 ms a text.
"""

import csv
import os
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from transforms.text.language import BACKENDS, Detector, Identification, detector, identify
from transforms.text.language.identifier import evidence_of, judged
from transforms.text.language.profiles import langdetect_exact, profiles
from transforms.text.language.tags import canonical_tag

Row = dict[str, str]
Cells = npt.NDArray[np.float64]
LENGTHS = ["headline", "sentence", "article"]
ARABIC = ["ar", "ckb", "fa", "ps", "sd", "ug", "ur"]
CYRILLIC = ["ba", "be", "bg", "kk", "ky", "mk", "mn", "ru", "sr-Cyrl", "tg", "tt", "uk"]
MACRO = {"headline": 96.5, "sentence": 98.8, "article": 99.8}
ECE = {"headline": 1.2, "sentence": 0.5, "article": 0.2}
UND = {"und", "zxx"}
CLOSED = 98.4  # headlines in the languages of langdetect, other languages left out
BINS, BATCH, TIMED, PER_CELL, WEAKEST, RESAMPLES, ROUNDS = 15, 256, 200, 6, 14, 300, 9


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def truth(row: Row) -> str:
    """Regional Persian is Persian here; written Cantonese is scored on its own."""
    return row["lang"].replace("fa-AF", "fa")


def answers(found: Detector, rows: Sequence[Row]) -> list[Identification]:
    parts = [[row["text"] for row in rows[i : i + BATCH]] for i in range(0, len(rows), BATCH)]
    return [answer for part in parts for answer in found.detect_batch(part, [None] * len(part))]


def recalls(rows: Sequence[Row], got: Sequence[Identification]) -> dict[str, float]:
    right: dict[str, list[bool]] = defaultdict(list)
    for row, answer in zip(rows, got, strict=True):
        right[truth(row)].append(answer.language == truth(row))
    return {tag: 100 * float(np.mean(values)) for tag, values in right.items()}


def sample(rows: Sequence[Row]) -> list[Row]:
    """At most PER_CELL texts of each language and length, evenly spread over its documents."""
    cells: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        cells[row["lang"], row["length_class"]].append(row)
    return [row for cell in cells.values() for row in cell[:: -(-len(cell) // PER_CELL)]]


def mean(recall: dict[str, float], tags: Sequence[str] | None = None) -> float:
    return float(np.mean([recall[tag] for tag in (tags or recall) if tag in recall]))


def calibration_error(rows: Sequence[Row], got: Sequence[Identification]) -> float:
    """Expected calibration error in points, over answers other than und, in 15 bins."""
    pairs = [
        (a.confidence, a.language == truth(r))
        for r, a in zip(rows, got, strict=True)
        if a.language not in UND
    ]
    chance, right = np.array([p for p, _ in pairs]), np.array([float(r) for _, r in pairs])
    cell = np.minimum((chance * BINS).astype(int), BINS - 1)
    gaps = [abs(chance[cell == i].sum() - right[cell == i].sum()) for i in range(BINS)]
    return 100 * float(sum(gaps)) / len(pairs)


class Floors:
    """Collects every promise and whether it held."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def check(self, what: str, value: float, floor: float, at_most: bool = False) -> None:
        """Print one promise and remember it when it did not hold."""
        held = value <= floor if at_most else value >= floor
        print(f"  {'ok    ' if held else 'MISSED'} {what}: {value:.2f} ({'<=' if at_most else '>='} {floor})")
        if not held:
            self.missed.append(what)


def quality(name: str, rows: list[Row], floors: Floors | None = None) -> None:
    """Print one detector's line; with ``floors``, its promises and weakest languages too."""
    found, line = detector(name), [f"{name:<20}"]
    start = time.process_time()
    for length in LENGTHS:
        chosen = [row for row in rows if row["length_class"] == length and row["group"] == "main"]
        got = answers(found, chosen)
        recall = recalls(chosen, got)
        arabic, cyrillic, error = mean(recall, ARABIC), mean(recall, CYRILLIC), calibration_error(chosen, got)
        und = 100 * float(np.mean([answer.language in UND for answer in got]))
        line.append(f"{mean(recall):6.2f} {arabic:6.2f} {cyrillic:6.2f} {error:5.2f} {und:5.2f} |")
        if floors:
            weakest = sorted(recall.items(), key=lambda item: item[1])[:WEAKEST]
            print(f"  weakest, {length}: " + " ".join(f"{tag} {value:.0f}" for tag, value in weakest))
            floors.check(f"macro recall, {length}", mean(recall), MACRO[length])
            floors.check(f"Arabic script, {length}", arabic, 99.7)
            floors.check(f"calibration error, {length}", error, ECE[length], at_most=True)
            if length == "headline":
                floors.check("Cyrillic, headline", cyrillic, 99.0)
                floors.check("false und, headline", und, 2.0, at_most=True)
    print(" ".join(line), f"{time.process_time() - start:6.1f} s", flush=True)


def spread(rows: list[Row]) -> None:
    """Print how far macro recall moves with the documents: resampled, by halves, and without Cantonese."""
    rng = np.random.default_rng(1)
    for length in LENGTHS:
        chosen = [row for row in rows if row["length_class"] == length and row["group"] == "main"]
        recall = recalls(chosen, got := answers(detector(), chosen))
        tags, names = sorted(recall), sorted({document(row) for row in chosen})
        cells = np.zeros((2, len(names), len(tags)))  # right answers and texts of each document and language
        for row, answer in zip(chosen, got, strict=True):
            cell = names.index(document(row)), tags.index(truth(row))
            cells[0][cell] += answer.language == truth(row)
            cells[1][cell] += 1
        draws = [macro(cells[:, rng.choice(len(names), len(names))]) for _ in range(RESAMPLES)]
        low, high = np.percentile(draws, [5, 95])
        others = [tag for tag in tags if tag != "yue"]
        halves = [macro(cells[:, half::2]) for half in (0, 1)]
        print(
            f"  {length}: 90 % of resamples of {len(names)} documents {low:.1f} to {high:.1f}, "
            f"halves {halves[0]:.1f} and {halves[1]:.1f}, without yue {mean(recall, others):.2f}"
        )


def document(row: Row) -> str:
    """The news story, whatever the language of its translation."""
    return row["doc"].rpartition(":")[2]


def macro(cells: Cells) -> float:
    """Macro recall of right answers and texts, 2 x documents x languages."""
    right, texts = cells.sum(1)
    return float(100 * (right / np.maximum(texts, 1))[texts > 0].mean())


def closed_set(rows: list[Row], floors: Floors) -> None:
    """Headlines in langdetect's languages when no others may be answered."""
    own = {canonical_tag(name) for name in profiles().names}
    chosen = [row for row in rows if row["length_class"] == "headline" and truth(row) in own]
    chosen = [row for row in chosen if row["group"] == "main"]
    reading = judged([row["text"] for row in chosen])
    tags = [verdict.language for verdict in reading.verdicts]
    for i, evidence in evidence_of(reading).items():
        allowed = [
            (value, tag) for value, tag in zip(evidence.odds, evidence.tags, strict=True) if tag in own
        ]
        tags[i] = max(allowed)[1]
    right: dict[str, list[bool]] = defaultdict(list)
    for row, tag in zip(chosen, tags, strict=True):
        right[truth(row)].append(tag == truth(row))
    recall = [100 * float(np.mean(values)) for values in right.values()]
    floors.check(
        f"closed set of langdetect's {len(recall)} languages, headline", float(np.mean(recall)), CLOSED
    )


def adversarial(rows: list[Row], floors: Floors) -> None:
    right: dict[str, list[bool]] = defaultdict(list)
    for row, answer in zip(rows, answers(detector(), rows), strict=True):
        expected, tag = row["expected"], answer.language
        same = tag in UND if expected == "und" else expected in (tag, tag.split("-")[0])
        right[row["category"]].append(same)
    for category, values in right.items():
        print(f"  {category:<28}{100 * np.mean(values):6.1f}  ({len(values)})")
    capitals = right["allcaps-headline"] + right["allcaps-sentence"]
    floors.check("all-caps headlines and sentences", 100 * float(np.mean(capitals)), 97.0)
    floors.check("junk to und", 100 * float(np.mean(right["junk"])), 95.0)


def seconds(work: object, texts: Sequence[str], batched: bool) -> float:
    start = time.process_time()
    if batched:
        work.detect_batch(texts, [None] * len(texts))  # type: ignore[attr-defined]
    else:
        for text in texts:
            work(text)  # type: ignore[operator]
    return time.process_time() - start


def speed(rows: list[Row], floors: Floors) -> None:
    classic, default = detector("langdetect-classic"), detector()
    profiles()
    single = {"headline": 15.0, "sentence": 0.0, "article": 15.0}
    batch = {"headline": 70.0, "sentence": 0.0, "article": 25.0}
    for length in LENGTHS:
        texts = [row["text"] for row in rows if row["length_class"] == length][
            :: max(1, len(rows) // 3 // TIMED)
        ]
        # In turns, because a machine's speed drifts; the fastest of each, because others use it too.
        rounds = [
            (
                seconds(classic, texts, batched=True),
                seconds(default, texts, batched=True),
                seconds(identify, texts, batched=False),
                seconds(langdetect_exact, texts, batched=False),
            )
            for _ in range(ROUNDS)
        ]
        base, *ours = map(min, zip(*rounds, strict=True))
        many, one, exact = (base / time for time in ours)
        print(f"  {length}: batch x{many:.0f}, single x{one:.0f}, exact langdetect x{exact:.0f}")
        if single[length]:
            floors.check(f"speed of batches, {length}", many, batch[length])
            floors.check(f"speed of single calls, {length}", one, single[length])


def agreement(rows: list[Row], floors: Floors) -> None:
    own = {canonical_tag(name) for name in profiles().names}
    texts = [row["text"] for row in rows if truth(row) in own and row["group"] == "main"][::5]
    seeded = detector("langdetect-classic").detect_batch(texts, [None] * len(texts))
    pairs = zip(texts, seeded, strict=True)
    same = np.mean([langdetect_exact(text)[0] == answer.language for text, answer in pairs])
    floors.check("agreement with seeded langdetect", 100 * float(same), 98.5)


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0] if arguments else os.environ.get("KHABAR_SHARED", "") + "/eval/language")
    if not (folder / "dev.tsv").is_file():
        print(f"SKIPPED: no dev.tsv in {folder}")
        return 0
    rows, floors = rows_of(folder / "dev.tsv"), Floors()
    start = time.process_time()
    identify("loads the model")
    floors.check("seconds to load", time.process_time() - start, 0.3, at_most=True)
    print("per length: macro recall, Arabic script, Cyrillic, calibration error, und | seconds of CPU")
    quality("langdetect", rows, floors)
    spread(rows)
    closed_set(rows, floors)
    few = sample(rows)
    print(f"the same on {len(few)} of {len(rows)} texts")
    for name in (name for name in BACKENDS if name != "langdetect-parity"):
        try:
            quality(name, few)
        except ImportError as error:
            print(f"SKIPPED: {error}")
    adversarial(rows_of(folder / "adversarial_dev.tsv"), floors)
    speed(rows, floors)
    agreement(rows, floors)
    print(f"{len(floors.missed)} floors missed" + "".join(f"\n  {what}" for what in floors.missed))
    return 1 if floors.missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
