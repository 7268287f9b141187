"""The options that ``khabar run`` and ``khabar watch`` share, and the job they describe."""

import argparse

from pipelines import clock
from pipelines.arguments import add_feeds, add_root, add_runner, duration
from pipelines.job import Job


def add_job_options(parser: argparse.ArgumentParser) -> None:
    """Declare what to read, how, and where to."""
    add_root(parser)
    add_feeds(parser)
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
    add_runner(parser)


def job_of(arguments: argparse.Namespace) -> Job:
    """Read the configuration as it is now, and make a job with a run id of its own.

    Raises:
        ConfigError: A file cannot be used, or ``--source`` names no feed of it.
    """
    # Imported here, as everywhere in commands: `khabar --help` should not wait for what it does not use.
    from pipelines.config import load_feeds, load_settings, select_feeds

    feeds = select_feeds(load_feeds(arguments.feeds), arguments.source, arguments.feeds)
    return Job(
        run_id=clock.new_run_id(clock.now()),
        root=arguments.root,
        ledger=arguments.ledger,
        feeds=feeds,
        settings=load_settings(arguments.config),
        backfill_pages=arguments.backfill,
        max_runtime_seconds=arguments.max_runtime,
        lock_wait_seconds=arguments.lock_wait,
        runner=arguments.runner,
        beam_flags=arguments.beam_flags,
    )
