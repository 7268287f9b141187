"""``khabar run``: poll what is due, once."""

import argparse
import dataclasses
import json
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from pipelines import clock, logs
from pipelines.arguments import duration, percentage
from pipelines.job import Job, run_job
from pipelines.monitor import LogMonitor, Monitor
from pipelines.signals import Stop
from pipelines.summary import Summary, closing_lines


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "run",
        help="poll the feeds that are due and add what is new to the dataset",
        description="Poll the feeds that are due and add what is new to the dataset, once.",
        epilog="exit codes: 0 done (also when nothing was new), 1 failed, 2 usage, 3 more feeds failed than"
        " --fail-on, 75 another run holds the lock, 78 bad configuration,"
        " 130/143 stopped by a signal after a clean commit",
    )
    parser.add_argument("--root", type=Path, required=True, help="folder of the dataset")
    parser.add_argument("--feeds", type=Path, required=True, help="what to read (TOML)")
    parser.add_argument("--config", type=Path, help="how to read it (TOML)")
    parser.add_argument(
        "--source", action="append", default=[], metavar="ID", help="only this feed (repeatable)"
    )
    parser.add_argument("--all", action="store_true", help="poll every feed, due or not")
    parser.add_argument("--dry-run", action="store_true", help="say what would be new and write nothing")
    parser.add_argument(
        "--backfill",
        type=int,
        default=0,
        metavar="PAGES",
        help="follow at most this many older pages of a feed never polled before (RFC 5005)",
    )
    parser.add_argument(
        "--max-runtime",
        type=duration,
        metavar="TIME",
        help="stop fetching after e.g. 10m; the rest stays due",
    )
    parser.add_argument(
        "--lock-wait", type=duration, default=0.0, metavar="TIME", help="wait for another run (default 0)"
    )
    parser.add_argument(
        "--fail-on",
        type=percentage,
        default=0.2,
        metavar="PERCENT",
        help="exit 3 above this share of failed feeds (default 20%%)",
    )
    parser.add_argument("--json", action="store_true", help="print one summary object on stdout")
    parser.add_argument(
        "--runner",
        default="DirectRunner",
        help="Beam runner (default DirectRunner: this process); its flags go after --",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run once and say what happened."""
    job = _job(arguments)
    terminal = sys.stderr.isatty()
    logs.configure(job.run_id, json_lines=not terminal)
    with Stop() as stop, _monitor(terminal) as monitor:
        summary = run_job(job, monitor, stop)
    _tell(summary, as_json=arguments.json, terminal=terminal)
    return _exit_code(summary, arguments.fail_on, stop.signal)


def _job(arguments: argparse.Namespace) -> Job:
    # Imported here, as everywhere in commands: `khabar --help` should not wait for what it does not use.
    from pipelines.config import load_feeds, load_settings, select_feeds

    feeds = select_feeds(load_feeds(arguments.feeds), arguments.source, arguments.feeds)
    return Job(
        run_id=clock.new_run_id(clock.now()),
        root=arguments.root,
        feeds=feeds,
        settings=load_settings(arguments.config),
        all_feeds=arguments.all,
        dry_run=arguments.dry_run,
        backfill_pages=arguments.backfill,
        max_runtime_seconds=arguments.max_runtime,
        lock_wait_seconds=arguments.lock_wait,
        runner=arguments.runner,
        beam_flags=arguments.beam_flags,
    )


def _monitor(terminal: bool) -> AbstractContextManager[Monitor]:
    if not terminal:
        return nullcontext(LogMonitor())
    from pipelines.terminal import TerminalMonitor

    return TerminalMonitor()


def _tell(summary: Summary, *, as_json: bool, terminal: bool) -> None:
    if as_json:
        print(json.dumps(dataclasses.asdict(summary), ensure_ascii=False))
    elif sys.stdout.isatty():
        print("\n".join(closing_lines(summary)))
    if not terminal:
        logs.log.info("run_finished", extra=dataclasses.asdict(summary))


def _exit_code(summary: Summary, fail_on: float, stopped_by: int | None) -> int:
    from pipelines.exits import Exit

    if stopped_by is not None:
        return 128 + stopped_by
    if summary.feeds_polled and summary.feeds_failed / summary.feeds_polled > fail_on:
        return Exit.TOO_MANY_FAILED
    return Exit.OK
