"""``khabar watch``: poll whatever comes due, until told to stop."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import clock, logs
from pipelines.arguments import address_and_port, duration
from pipelines.job_options import add_job_options, job_of
from transforms.storage import is_remote

if TYPE_CHECKING:
    from pipelines.watching.vitals import Reporter, Vitals


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "watch",
        help="keep polling: a batch whenever feeds are due, until SIGTERM",
        description="Run a batch like `khabar run` whenever feeds are due, until SIGINT or SIGTERM: the first"
        " finishes the batch and commits, the second ends at once, which is safe. A batch that fails is tried"
        " again, later each time. Changed configuration files are read again, on SIGHUP at once.",
        epilog="exit codes: 130/143 stopped by a signal after a clean commit, 0 after --max-batches,"
        " 2 usage, 78 bad configuration at the start",
    )
    add_job_options(parser)
    parser.add_argument(
        "--every", type=duration, metavar="TIME", help="start a batch every e.g. 5m, not when feeds come due"
    )
    parser.add_argument("--max-batches", type=int, metavar="N", help="end after so many good batches")
    parser.add_argument("--json", action="store_true", help="print each batch's summary on stdout")
    parser.add_argument(
        "--heartbeat",
        type=Path,
        metavar="FILE",
        help="fresh while all is well (default ROOT/_state/watch.json; none in a store)",
    )
    parser.add_argument(
        "--stall-after",
        type=duration,
        default=600.0,
        metavar="TIME",
        help="a batch without progress for so long no longer counts as alive (default 10m)",
    )
    parser.add_argument(
        "--metrics-textfile", type=Path, metavar="FILE", help="write Prometheus metrics for node_exporter"
    )
    parser.add_argument(
        "--metrics-port",
        type=address_and_port,
        metavar="[ADDRESS:]PORT",
        help="serve Prometheus metrics (default address 127.0.0.1)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Watch."""
    terminal = sys.stderr.isatty()
    logs.configure(clock.new_run_id(clock.now()), json_lines=not terminal)
    # Imported here: `khabar --help` should not wait for it.
    from pipelines.signals import Wakeful
    from pipelines.watching.configuration import Configuration
    from pipelines.watching.pace import Pace
    from pipelines.watching.supervisor import TICK_SECONDS, Plan, Supervisor
    from pipelines.watching.systemd import Systemd

    files = [path for path in (arguments.feeds, arguments.config) if path is not None]
    configuration = Configuration(lambda: job_of(arguments), files)
    systemd = Systemd(os.environ)
    plan = Plan(
        pace=Pace(None if arguments.every is None else timedelta(seconds=arguments.every)),
        max_batches=arguments.max_batches,
        stall_seconds=arguments.stall_after,
        tick_seconds=min(TICK_SECONDS, systemd.ping_seconds or TICK_SECONDS),
    )
    reporters: list[Reporter] = [*_reporters(arguments, terminal=terminal), systemd]
    with Wakeful() as signals:
        return Supervisor(configuration, plan, reporters, signals).run()


def _reporters(arguments: argparse.Namespace, *, terminal: bool) -> "list[Reporter]":
    from pipelines.layout import Root
    from pipelines.watching.heartbeat import FILE_NAME, Heartbeat

    reporters: list[Reporter] = [BatchLines(as_json=arguments.json, terminal=terminal)]
    if arguments.heartbeat is not None or not is_remote(arguments.root):
        reporters.append(Heartbeat(arguments.heartbeat or Root(arguments.root).state / FILE_NAME))
    if arguments.metrics_textfile is not None or arguments.metrics_port is not None:
        from pipelines.watching.metrics import Metrics

        metrics = Metrics(metadata.version("khabar"), arguments.metrics_textfile)
        if arguments.metrics_port is not None:
            metrics.serve(*arguments.metrics_port)
        reporters.append(metrics)
    return reporters


class BatchLines:
    """One line a batch: JSON on stdout, or for a person at the terminal."""

    def __init__(self, *, as_json: bool, terminal: bool) -> None:
        self.as_json, self.terminal = as_json, terminal
        self.batches = 0

    def __call__(self, vitals: "Vitals") -> None:
        """Tell of a batch once."""
        if vitals.batches == self.batches or vitals.last is None:
            return
        self.batches, summary = vitals.batches, vitals.last
        if self.as_json:
            print(json.dumps(asdict(summary), ensure_ascii=False), flush=True)
        if self.terminal:
            rest = f"; next at {vitals.next_at:%H:%M:%S}Z" if vitals.next_at else ""
            counts = f"{summary.new} new, {summary.edited} edited"
            polled = f"{summary.feeds_polled} feeds polled, {summary.feeds_failed} failed"
            print(f"{clock.now():%H:%M:%S}Z  {counts}; {polled}{rest}", file=sys.stderr)
