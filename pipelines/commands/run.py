"""``khabar run``: poll what is due, once."""

import argparse
import dataclasses
import json
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from pipelines import logs
from pipelines.arguments import percentage
from pipelines.job import run_job
from pipelines.job_options import add_job_options, job_of
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
    add_job_options(parser)
    parser.add_argument("--all", action="store_true", help="poll every feed, due or not")
    parser.add_argument("--dry-run", action="store_true", help="say what would be new and write nothing")
    parser.add_argument(
        "--fail-on",
        type=percentage,
        default=0.2,
        metavar="PERCENT",
        help="exit 3 above this share of failed feeds (default 20%%)",
    )
    parser.add_argument("--json", action="store_true", help="print one summary object on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run once and say what happened."""
    job = replace(job_of(arguments), all_feeds=arguments.all, dry_run=arguments.dry_run)
    terminal = sys.stderr.isatty()
    logs.configure(job.run_id, json_lines=not terminal)
    with Stop() as stop, _monitor(terminal) as monitor:
        summary = run_job(job, monitor, stop)
    _tell(summary, as_json=arguments.json, terminal=terminal)
    return _exit_code(summary, arguments.fail_on, stop.signal)


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
