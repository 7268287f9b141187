"""The model file: which languages compete in which script, and their weights, in one zstandard frame."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import zstandard

from transforms.text.language.ngrams import Symbols
from transforms.text.language.tables import Table

MODEL = Path(__file__).parents[1] / "models" / "language.zst"


class Group(NamedTuple):
    """Languages that one script cannot tell apart.

    Attributes:
        script: ISO 15924.
        tags: BCP 47, the order of the columns.
        size: n-grams to keep.
        step: Nats per unit of weight; coarser is smaller.
    """

    script: str
    tags: list[str]
    size: int
    step: float = 0.7


LATIN = (
    "af az bs ca cs cy da de en es et eu fi fil fo fr ga gl ha hr hu id is it ku lb lt lv mg ms mt nb nl nn "
    "pl pt ro rw sk sl so sq sr-Latn sv sw tk tr uz vi xh yo zu"
)
GROUPS = [
    Group("Latn", LATIN.split(), 200_000, 1.0),
    Group("Cyrl", ["ba", "be", "bg", "kk", "ky", "mk", "mn", "ru", "sr-Cyrl", "tg", "tt", "uk"], 50_000),
    Group("Arab", ["ar", "ckb", "fa", "ps", "sd", "ug", "ur"], 30_000),
    Group("Deva", ["hi", "mr", "ne"], 20_000),
    Group("Hebr", ["he", "yi"], 10_000),
    Group("Ethi", ["am", "ti"], 10_000),
    Group("Hani", ["ja", "zh-Hans", "zh-Hant"], 30_000),
]


class Learnt(NamedTuple):
    """What training leaves of one script: sorted keys, weights (n-grams x languages), and ``Table.usual``."""

    keys: Symbols
    weights: npt.NDArray[np.int8]
    usual: list[float]

    def table(self, group: Group) -> Table:
        """Ready to score."""
        return Table(group.tags, group.step, self.usual, self.keys, self.weights)


def write_model(path: Path, learnt: dict[str, Learnt]) -> None:
    """Write every script's table; the same tables give the same bytes."""
    head, body = [], []
    for group in GROUPS:
        keys, weights, usual = learnt[group.script]
        part = {"script": group.script, "tags": group.tags, "step": group.step, "usual": usual}
        head.append({**part, "rows": len(keys)})
        order = np.lexsort((keys, weights.argmax(1)))  # by best language: neighbours resemble, bytes repeat
        steps = np.diff(keys[order], prepend=np.uint32(0)).astype("<u4")
        body += [steps.view(np.uint8).reshape(-1, 4).T.tobytes(), weights[order].T.tobytes()]
    text = json.dumps(head).encode()
    frame = len(text).to_bytes(4, "little") + text + b"".join(body)
    path.write_bytes(zstandard.ZstdCompressor(level=19).compress(frame))


def read_model(path: Path = MODEL) -> dict[str, Table]:
    """Tables by script."""
    frame = zstandard.ZstdDecompressor().decompress(path.read_bytes())
    at = 4 + int.from_bytes(frame[:4], "little")
    tables = {}
    for part in json.loads(frame[4:at]):
        rows, columns = part["rows"], len(part["tags"])
        steps = np.frombuffer(frame, np.uint8, 4 * rows, at).reshape(4, rows).T
        keys = np.cumsum(np.ascontiguousarray(steps).view("<u4").ravel(), dtype=np.uint32)
        order = np.argsort(keys)
        at += 4 * rows
        weights = np.frombuffer(frame, np.int8, rows * columns, at).reshape(columns, rows).T
        at += rows * columns
        tables[part["script"]] = Table(part["tags"], part["step"], part["usual"], keys[order], weights[order])
    return tables
