"""Sentence boundaries: exact-span F1 and speed of ``segment`` beside the tools there are.

    KHABAR_SHARED=... python -m benchmarks.sentences [SET ...]

Reads ``$KHABAR_SHARED/eval/segmentation/*_dev.jsonl`` (text, gold spans). A sentence counts if both its ends
agree, blanks and format characters aside. Paragraph breaks are given: in NTREX the blank after a segment
without a final mark becomes a line break, and one is put in where there is no blank (Chinese, Japanese).
Peers not installed are named and left out.

Floors (exit 1 if one is missed): first on the macro average and 94.3 there; the Arabic newswire with labelled
sentences 99.5; no set more than 1 point behind the best peer; at least twice BlingFire and 60 times pysbd
in characters a second of CPU time on Arabic and English, measured in this run; a megabyte of stops, quotation
marks or letters under 0.5 s of CPU time.
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from transforms.text.sentences import segment
from transforms.text.sentences.characters import BLANKS, CLOSERS

Span = tuple[int, int]
Segmenter = Callable[[str, str], list[Span]]
NEWSWIRE = ("ar_padt", "ar_padtclean")
SPEED_SETS = ("ar_ntrex", "en_ntrex")
FLOORS = {"blingfire": 2.0, "pysbd": 60.0}
PASS_SECONDS = 1.0
MACRO, WIRE = 94.3, 99.5
FLOODS = (". ", '"', "a", "ا", '؟" ', "!» ", "A. ", ". . ")
FLOOD_SECONDS = 0.5


class Document(NamedTuple):
    """One text of a set with its gold spans."""

    language: str
    text: str
    spans: list[Span]


def ours(text: str, language: str) -> list[Span]:
    return [(start, end) for _, _, start, end in segment(text, language, "hard").sentences]


def by_regex(text: str, _: str) -> list[Span]:
    cuts = [m.end() for m in re.finditer(r"[.!?؟۔।。！？]+[\"'”’»)]*\s+|[。！？]+[”」』]*", text)]
    return [span for span in zip([0, *cuts], [*cuts, len(text)], strict=True) if span[0] < span[1]]


def locate(text: str, sentences: list[str]) -> list[Span]:
    spans, at = [], 0
    for sentence in filter(None, (s.strip() for s in sentences)):
        start = text.find(sentence, at)
        if start >= 0:
            at = start + len(sentence)
            spans.append((start, at))
    return spans


def by_blingfire(module: Any) -> Segmenter:
    return lambda text, _: [tuple(span) for span in module.text_to_sentences_and_offsets(text)[1]]


def by_icu(module: Any) -> Segmenter:
    def cut(text: str, language: str) -> list[Span]:
        breaks = module.BreakIterator.createSentenceInstance(module.Locale(language))
        breaks.setText(module.UnicodeString(text))
        units = [0]
        for character in text:
            units.append(units[-1] + 1 + (ord(character) > 0xFFFF))
        points = {unit: index for index, unit in enumerate(units)}
        ends = [0, *(points[end] for end in breaks)]
        return list(pairwise(ends))

    return cut


def by_sentencex(module: Any) -> Segmenter:
    return lambda text, language: locate(text, list(module.segment(language, text)))


def by_pysbd(module: Any) -> Segmenter:
    made: dict[str, Any] = {}
    known = import_module("pysbd.languages").LANGUAGE_CODES

    def cut(text: str, language: str) -> list[Span]:
        code = language if language in known else "en"
        if code not in made:
            made[code] = module.Segmenter(language=code, clean=False)
        return locate(text, made[code].segment(text))

    return cut


def by_syntok(module: Any) -> Segmenter:
    def cut(text: str, _: str) -> list[Span]:
        sentences = (tokens for paragraph in module.process(text) for tokens in paragraph)
        return [(t[0].offset, t[-1].offset + len(t[-1].value)) for t in sentences]

    return cut


PEERS: dict[str, tuple[str, Callable[[Any], Segmenter]]] = {
    "PyICU": ("icu", by_icu),
    "blingfire": ("blingfire", by_blingfire),
    "sentencex": ("sentencex", by_sentencex),
    "pysbd": ("pysbd", by_pysbd),
    "syntok": ("syntok.segmenter", by_syntok),
}


def by_line(cut: Segmenter) -> Segmenter:
    """Give a peer the paragraph breaks: each line on its own."""

    def cut_lines(text: str, language: str) -> list[Span]:
        lines = [match for match in re.finditer(r"[^\n]+", text) if match.group().strip()]
        return [(m.start() + a, m.start() + b) for m in lines for a, b in cut(m.group(), language)]

    return cut_lines


def segmenters() -> dict[str, Segmenter]:
    found: dict[str, Segmenter] = {"khabar": ours, "regex": by_line(by_regex)}
    for name, (module, make) in PEERS.items():
        try:
            found[name] = by_line(make(import_module(module)))
        except ImportError as error:
            print(f"SKIPPED {name}: {error}")
    return found


def trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in BLANKS:
        start += 1
    while start < end and text[end - 1] in BLANKS:
        end -= 1
    return start, end


def is_open(text: str, span: Span) -> bool:
    """The segment has no final mark."""
    seen = text[slice(*span)].rstrip("".join(BLANKS) + CLOSERS + "“‘")
    return not seen or seen[-1] not in ".!?…؟۔।॥。！？።։"


def with_breaks(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    """Make the blank after each open segment a line break; where no blank stands, put one in."""
    parts, moved, at, shift = [], [], 0, 0
    for index, (start, end) in enumerate(spans):
        moved.append((start + shift, end + shift))
        if index == len(spans) - 1 or not is_open(text, (start, end)):
            continue
        parts += [text[at:end], "\n"]
        at = end + text.startswith(" ", end)
        shift += at == end
    return "".join([*parts, text[at:]]), moved


def read(path: Path) -> list[Document]:
    documents = []
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        spans = [(start, end) for start, end in raw["sentence_spans"]]
        text = raw["text"]
        if "_ntrex" in path.name:
            text, spans = with_breaks(text, spans)
        documents.append(Document(raw["lang"], text, [trim(text, *span) for span in spans]))
    return documents


def f1(cut: Segmenter, documents: list[Document]) -> float:
    hits = size = 0
    for document in documents:
        found = {trim(document.text, *span) for span in cut(document.text, document.language)}
        hits += len(found.intersection(document.spans))
        size += len(found) + len(document.spans)
    return 200 * hits / size


def speed(cut: Segmenter, documents: list[Document]) -> float:
    """Million characters a second of CPU time; the best of three passes."""
    best = 0.0
    for _ in range(3):
        passes, began = 0, time.process_time()
        while (spent := time.process_time() - began) < PASS_SECONDS / 3:
            for document in documents:
                cut(document.text, document.language)
            passes += 1
        best = max(best, passes * sum(len(d.text) for d in documents) / spent / 1e6)
    return best


def quality(
    cutters: dict[str, Segmenter], files: list[Path]
) -> tuple[dict[str, dict[str, float]], list[str]]:
    scores, missed = {}, []
    print(f"{'set':16}" + "".join(f"{name:>10}" for name in cutters))
    for path in files:
        name, documents = path.name.removesuffix("_dev.jsonl"), read(path)
        scores[name] = {tool: f1(cut, documents) for tool, cut in cutters.items()}
        print(f"{name:16}" + "".join(f"{score:10.2f}" for score in scores[name].values()), flush=True)
        if scores[name]["khabar"] < max(scores[name].values()) - 1:
            missed.append(f"{name}: more than a point behind the best")
    return scores, missed


def summary(scores: dict[str, dict[str, float]], tools: list[str]) -> list[str]:
    macro = {tool: sum(s[tool] for s in scores.values()) / len(scores) for tool in tools}
    print(f"{'macro':16}" + "".join(f"{macro[tool]:10.2f}" for tool in tools))
    for label, wanted in (("NTREX", True), ("treebanks", False)):
        some = [s["khabar"] for name, s in scores.items() if name.endswith("_ntrex") == wanted]
        print(f"{label}, {len(some)} sets: {sum(some) / max(1, len(some)):.2f}")
    missed = [] if macro["khabar"] == max(macro.values()) else ["macro average: not the first"]
    wire = [scores[name]["khabar"] for name in NEWSWIRE if name in scores]
    if wire and sum(wire) / len(wire) < WIRE:
        missed.append(f"Arabic newswire: {sum(wire) / len(wire):.2f}, not {WIRE}")
    return missed


def halves(folder: Path, names: list[str]) -> None:
    """The macro average on every other document: rules were made on the first half."""
    for label, first in (("read", 0), ("not read", 1)):
        found = [f1(ours, read(folder / f"{name}_dev.jsonl")[first::2]) for name in names]
        print(f"half {label}: {sum(found) / len(found):.2f}")


def flood() -> list[str]:
    """CPU seconds for a megabyte of one thing."""
    missed = []
    print("\nCPU seconds a megabyte of")
    for piece in FLOODS:
        text = (piece * 1_000_000)[:1_000_000]
        began = time.process_time()
        segment(text, "ar")
        spent = time.process_time() - began
        print(f"  {piece!r:8} {spent:.2f}")
        if spent > FLOOD_SECONDS:
            missed.append(f"a megabyte of {piece!r}: {spent:.2f} s, not {FLOOD_SECONDS}")
    return missed


def race(cutters: dict[str, Segmenter], folder: Path) -> list[str]:
    missed = []
    print("\nmillion characters a second of CPU time")
    for name in SPEED_SETS:
        documents = read(folder / f"{name}_dev.jsonl")
        speeds = {tool: speed(cut, documents) for tool, cut in cutters.items()}
        print(f"{name:16}" + "".join(f"{tool} {value:.2f}  " for tool, value in speeds.items()))
        for tool, floor in FLOORS.items():
            if tool in speeds and speeds["khabar"] < floor * speeds[tool]:
                missed.append(f"{name}: {speeds['khabar'] / speeds[tool]:.1f} times {tool}, not {floor}")
    return missed


def main() -> int:
    folder = Path(os.environ.get("KHABAR_SHARED", "")) / "eval" / "segmentation"
    files = sorted(folder.glob("*_dev.jsonl"))
    if not files:
        print("SKIPPED: KHABAR_SHARED names no folder with eval/segmentation")
        return 0
    cutters = segmenters()
    wanted = [
        path for path in files if not sys.argv[1:] or path.name.removesuffix("_dev.jsonl") in sys.argv[1:]
    ]
    scores, missed = quality(cutters, wanted)
    missed += summary(scores, list(cutters))
    halves(folder, list(scores))
    macro = sum(s["khabar"] for s in scores.values()) / len(scores)
    if wanted == files and macro < MACRO:
        missed.append(f"macro average: {macro:.2f}, not {MACRO}")
    missed += race(cutters, folder) + flood()
    for floor in missed:
        print(f"MISSED {floor}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
