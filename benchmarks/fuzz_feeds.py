"""Fuzz bytes -> entries: no exception but FeedError, no input slower than a second per megabyte.

    python -m benchmarks.fuzz_feeds [--minutes 10] [--seed N]

Seeds are feeds of our own (and those under KHABAR_SHARED when set); they are cut, spliced, repeated and
sprinkled with the pieces parsers trip over.
"""

import argparse
import ast
import os
import random
import sys
import time
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from transforms.feeds.entry import FeedError
from transforms.feeds.parse import parse

SECONDS_PER_MB = 1.0
# Below this size the clock's and the caches' cost shows, and nobody can be made to wait.
MIN_BYTES = 200_000
DATA = Path(__file__).parent.parent / "tests" / "data" / "feeds"


def literals(name: str) -> list[bytes]:
    """The bytes literals of a data file, one a line."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [ast.literal_eval(line) for line in lines if not line.startswith("#")]


PIECES = literals("fuzz_pieces.txt")
SEEDS = literals("fuzz_seeds.txt")


def mutate(random_: random.Random, seeds: list[bytes]) -> bytes:
    """A damaged document, now and then a large one."""
    body = bytearray(random_.choice(seeds))
    for _ in range(random_.randint(1, 12)):
        at = random_.randint(0, len(body))
        match random_.randint(0, 5):
            case 0:
                body[at:at] = random_.choice(PIECES) * random_.choice([1, 1, 2, 50])
            case 1:
                del body[at : at + random_.randint(1, 40)]
            case 2:
                body[at : at + 1] = bytes([random_.randrange(256)])
            case 3:
                body[at:at] = body[random_.randint(0, len(body)) :][: random_.randint(0, 400)]
            case 4:
                other = random_.choice(seeds)
                body[at:] = other[random_.randint(0, len(other)) :]
            case _:
                body[at:at] = random_.choice(PIECES) + random_.choice(PIECES)
    if random_.random() < 0.05:
        piece = b"".join(random_.choice(PIECES) for _ in range(random_.randint(1, 3)))
        at = random_.randint(0, len(body))
        body[at:at] = piece * (random_.choice([60_000, 300_000, 1_000_000]) // len(piece))
    return bytes(body)


def run_one(body: bytes) -> float:
    """CPU seconds of one parse; FeedError is an answer, anything else escapes."""
    start = time.process_time()
    with suppress(FeedError):
        parse(
            body,
            url="https://a.example/feed",
            content_type=None,
            language=None,
            timezone=None,
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    return time.process_time() - start


def load_seeds() -> list[bytes]:
    shared = os.environ.get("KHABAR_SHARED")
    if not shared:
        return SEEDS
    paths = [path for path in Path(shared, "samples").rglob("*") if path.is_file() and path.suffix != ".tsv"]
    return SEEDS + [path.read_bytes() for path in paths if path.stat().st_size < 60_000]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--keep", type=Path, default=None, help="folder for inputs that failed")
    options = arguments.parse_args()
    warnings.simplefilter("ignore")
    random_, seeds = random.Random(options.seed), load_seeds()
    end, count, failures, slowest = time.monotonic() + 60 * options.minutes, 0, 0, 0.0
    while time.monotonic() < end:
        body = mutate(random_, seeds)
        count += 1
        try:
            seconds = run_one(body)
        except Exception as error:  # noqa: BLE001 - the fuzzer looks for exactly these
            verdict = f"{type(error).__name__}: {error}"
        else:
            rate = seconds / (max(len(body), MIN_BYTES) / 1e6)
            slowest = max(slowest, rate if len(body) >= MIN_BYTES else 0.0)
            verdict = f"{rate:.2f} s/MB over {len(body)} bytes" if rate > SECONDS_PER_MB else ""
        if verdict:
            failures += 1
            print(f"input {count}: {verdict[:200]}")
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{options.seed}-{count}.bin").write_bytes(body)
    print(f"{count} inputs, {failures} failures, slowest {slowest:.2f} s/MB, seed {options.seed}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
