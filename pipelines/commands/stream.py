"""``khabar stream``: the same pipeline, unbounded, on an engine."""

import argparse

from pipelines import clock, logs
from pipelines.arguments import add_feeds, add_root, duration
from pipelines.signals import Cancel


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "stream",
        help="poll for ever on an engine such as Flink, committing window by window",
        description="Run the same transforms as an unbounded pipeline on an engine. What is fetched within a"
        " window is committed together, through the ledger. On one machine, use `khabar watch`.",
    )
    add_root(parser)
    add_feeds(parser)
    parser.add_argument("--name", default="stream", help="first part of the windows' run ids")
    parser.add_argument(
        "--every", type=duration, default=60.0, metavar="TIME", help="commit so often (default 60s)"
    )
    parser.add_argument(
        "--tick",
        type=duration,
        default=10.0,
        metavar="TIME",
        help="look for due feeds so often (default 10s)",
    )
    parser.add_argument(
        "--max-runtime", type=duration, metavar="TIME", help="stop polling after e.g. 10m, and drain"
    )
    parser.add_argument(
        "--lock-wait", type=duration, default=600.0, metavar="TIME", help="a commit's patience (default 10m)"
    )
    parser.add_argument("--runner", required=True, help="Beam runner; its flags go after --")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Submit the pipeline and wait for its end."""
    logs.configure(arguments.name, json_lines=True)
    with Cancel() as cancel:
        return _stream(arguments, cancel)


def _stream(arguments: argparse.Namespace, cancel: Cancel) -> int:
    from pipelines.config import load_feeds, load_settings, select_feeds
    from pipelines.streaming.due import StreamJob
    from pipelines.streaming.launch import launch

    feeds = select_feeds(load_feeds(arguments.feeds), arguments.source, arguments.feeds)
    job = StreamJob(
        name=arguments.name,
        root=arguments.root.resolve(),
        ledger=arguments.ledger,
        feeds=feeds,
        settings=load_settings(arguments.config),
        tick_seconds=arguments.tick,
        window_seconds=arguments.every,
        lock_wait_seconds=arguments.lock_wait,
    )
    until = None if arguments.max_runtime is None else clock.now().timestamp() + arguments.max_runtime
    return launch(job, arguments.runner, arguments.beam_flags, until, cancel)
