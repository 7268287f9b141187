"""How fast slow hosts are polled: 500 hosts on loopback that each answer after 150 ms.

    python -m benchmarks.fetch [--hosts 500] [--latency 0.15] [--stalled 100]

The bound is what waiting alone costs: ceil(hosts / concurrency) times the latency. Each host has an address
of its own (127.1.x.y), served by one process beside this one. A second round asks conditionally, as every
round but the first does in life. The last one puts hosts that never answer in front of all others.

Floors: throughput of both rounds within 20 % of the bound; stalled hosts cost the others no more than the
time in which they turn slow; an unchanged poll of 60 feeds, imports included, one second of CPU at most.
"""

import argparse
import asyncio
import math
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from multiprocessing.connection import Connection

from transforms.fetch.policy import Feed, FetchPolicy
from transforms.fetch.poll import poll
from transforms.fetch.schedule import Window, next_state
from transforms.fetch.state import FeedState

BODY = b'<?xml version="1.0"?><rss version="2.0"><channel>' + b"<item><title>x</title></item>" * 300
HEAD = (
    b'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n'
    % len(BODY)
)
POLICY = FetchPolicy(allow_addresses=("127.0.0.0/8",), timeout_seconds=5.0)


def address(index: int) -> str:
    return f"127.1.{index // 250}.{index % 250 + 1}"


def serve(hosts: int, stalled: int, latency: float, ready: Connection) -> None:
    """Answer on one port of many loopback addresses until killed."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await read_request(reader):
            if int(request.split(b" ", 2)[1].rpartition(b"/")[2]) >= hosts:
                await asyncio.sleep(3600)
            await asyncio.sleep(latency)
            known = b'If-None-Match: "v1"' in request
            writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n' if known else HEAD + BODY)
        writer.close()

    async def run() -> None:
        first = await asyncio.start_server(converse, address(0), 0)
        port = first.sockets[0].getsockname()[1]
        others = [await asyncio.start_server(converse, address(i), port) for i in range(1, hosts + stalled)]
        ready.send(port)
        await asyncio.gather(*(server.serve_forever() for server in (first, *others)))

    asyncio.run(run())


async def read_request(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


def measure(
    name: str, feeds: list[Feed], states: Mapping[str, FeedState], awaited: int, bound: float
) -> tuple[float, dict[str, FeedState]]:
    """Poll everything; return how many times the bound it took until ``awaited`` answers were there."""
    after: dict[str, FeedState] = {}
    began, cpu, took = time.perf_counter(), time.process_time(), math.inf
    for found in poll(feeds, states, POLICY, clock=lambda: datetime.now(UTC)):
        window = Window(n_entries=300, n_new=300) if found.body else None
        after[found.feed.id] = next_state(states.get(found.feed.id), found, window, POLICY, datetime.now(UTC))
        awaited -= found.ok
        if awaited == 0:
            took, awaited = time.perf_counter() - began, -1
    cpu = time.process_time() - cpu
    print(f"{name:34} {took:7.2f} s {bound:7.2f} s {took / bound:6.2f} {1000 * cpu / len(feeds):8.2f} ms")
    return took / bound, after


UNCHANGED = """
import sys, time
from datetime import UTC, datetime
from benchmarks.fetch import POLICY
from transforms.fetch.poll import poll
from transforms.fetch.policy import Feed
from transforms.fetch.schedule import due, next_state
from transforms.fetch.state import FeedState
now = datetime.now(UTC)
feeds = [Feed(id=f"f{i}", url=url) for i, url in enumerate(sys.argv[1:])]
states = {f.id: FeedState(url=f.url, current_url=f.url, validator_url=f.url, etag='"v1"', body_sha256="0",
                          last_200_at=now, next_due=now) for f in feeds}
texts = [next_state(states[x.feed.id], x, None, POLICY, now).to_json()
         for x in poll(due(feeds, states, now), states, POLICY, clock=lambda: now) if x.not_modified]
assert len(texts) == len(feeds), len(texts)
print(time.process_time())
"""


def unchanged_cpu(urls: list[str]) -> float:
    """Return the CPU seconds of a process that starts, imports, polls 60 unchanged feeds and ends."""
    done = subprocess.run(
        [sys.executable, "-c", UNCHANGED, *urls], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--latency", type=float, default=0.15)
    parser.add_argument("--stalled", type=int, default=100)
    args = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(args.hosts, args.stalled, args.latency, there), daemon=True
    )
    server.start()
    try:
        return report(args, here.recv())
    finally:
        server.terminate()


def report(args: argparse.Namespace, port: int) -> int:
    urls = [f"http://{address(i)}:{port}/{i}" for i in range(args.hosts + args.stalled)]
    feeds = [Feed(id=f"f{i}", url=url) for i, url in enumerate(urls)]
    good, stalled = feeds[: args.hosts], feeds[args.hosts :]
    bound = math.ceil(args.hosts / POLICY.concurrency) * args.latency
    print(f"{args.hosts} hosts, {args.latency * 1000:.0f} ms, concurrency {POLICY.concurrency}")
    print(f"{'round':34} {'took':>9} {'bound':>9} {'ratio':>6} {'CPU/feed':>11}")
    # The best of three: what other work on the machine takes is not ours to answer for.
    firsts = [measure("first, 200", good, {}, args.hosts, bound) for _ in range(3)]
    first, states = min(ratio for ratio, _ in firsts), firsts[0][1]
    second = min(measure("second, 304", good, states, args.hosts, bound)[0] for _ in range(3))
    # Stalled hosts come first in line, so each batch of them holds every place until it turns slow.
    batches = math.ceil(args.stalled / POLICY.concurrency)
    delayed = bound + batches * POLICY.slow_after_seconds
    third, _ = measure(f"{args.stalled} stalled hosts in front", stalled + good, states, args.hosts, delayed)
    cpu = unchanged_cpu(urls[:60])
    print(f"unchanged poll of 60 feeds, process and imports included: {cpu:.2f} s CPU")
    floors = {
        "throughput within 20 % of the latency bound, first round": first <= 1 / 0.8,
        "throughput within 20 % of the latency bound, second round": second <= 1 / 0.8,
        "stalled hosts delay the others only until they turn slow": third <= 1 / 0.8,
        "unchanged poll of 60 feeds within one CPU second": cpu <= 1,
    }
    for name, holds in floors.items():
        print(f"{'ok' if holds else 'MISSED':6} {name}")
    return 0 if all(floors.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
