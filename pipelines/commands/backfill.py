"""``khabar backfill``: read news out of web archives."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import clock, logs
from pipelines.arguments import add_root, add_runner, duration, size
from pipelines.signals import Stop

if TYPE_CHECKING:
    from pipelines.backfill.summary import BackfillSummary


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "backfill",
        help="add years of news from WARC files of news crawls",
        description="Read WARC files (CC-NEWS and the like) through the same graph as feeds: pages, articles,"
        " language, sentences. May be stopped, killed and begun again: what is committed is not read again.",
        epilog="exit codes: 0 done, 1 failed, 2 usage, 3 a file could not be read, 75 another run held the"
        " lock for too long, 78 bad configuration, 130/143 stopped by a signal after a clean commit",
    )
    add_root(parser)
    parser.add_argument(
        "--warc", action="append", required=True, metavar="GLOB", help="WARC files (repeatable)"
    )
    parser.add_argument("--sources", type=Path, required=True, help="which hosts are whose (TOML)")
    parser.add_argument("--config", type=Path, help="how to run (TOML)")
    parser.add_argument(
        "--batch-size", type=size, metavar="SIZE", help="compressed input of one commit (default 128M)"
    )
    parser.add_argument("--limit", type=size, metavar="SIZE", help="end after about so much input")
    parser.add_argument(
        "--lock-wait", type=duration, default=600.0, metavar="TIME", help="wait for another run (default 10m)"
    )
    parser.add_argument("--json", action="store_true", help="print one summary object on stdout")
    add_runner(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Fill back and say what happened."""
    run_id = clock.new_run_id(clock.now())
    terminal = sys.stderr.isatty()
    logs.configure(run_id, json_lines=not terminal)
    # Imported here, after logging is set up: Beam would set it up itself.
    from pipelines.backfill.config import load_sources
    from pipelines.backfill.job import BATCH_BYTES, Backfill, run_backfill
    from pipelines.backfill.summary import closing_lines
    from pipelines.config import load_settings
    from pipelines.exits import Exit

    job = Backfill(
        run_id=run_id,
        root=arguments.root,
        ledger=arguments.ledger,
        patterns=arguments.warc,
        sources=load_sources(arguments.sources),
        settings=load_settings(arguments.config),
        batch_bytes=arguments.batch_size or BATCH_BYTES,
        limit_bytes=arguments.limit,
        lock_wait_seconds=arguments.lock_wait,
        runner=arguments.runner,
        beam_flags=arguments.beam_flags,
    )
    check_extras(job.sources.policy.extractor)
    with Stop() as stop:
        summary = run_backfill(job, stop, _tell_progress if terminal else _log_progress)
    if arguments.json:
        print(json.dumps(dataclasses.asdict(summary), ensure_ascii=False))
    elif sys.stdout.isatty():
        print("\n".join(closing_lines(summary)))
    if not terminal:
        logs.log.info("backfill_finished", extra=dataclasses.asdict(summary))
    if stop.signal is not None:
        return 128 + stop.signal
    return Exit.TOO_MANY_FAILED if summary.failures else Exit.OK


def check_extras(extractor: str) -> None:
    """Refuse before any work what would fail in every record.

    Raises:
        ConfigError: An extra is not installed.
    """
    from importlib.util import find_spec

    from pipelines.config import ConfigError

    needed = {"warcio": "warc", "trafilatura": "pages", "readability": "pages"}
    if extractor == "resiliparse":
        needed["resiliparse"] = "resiliparse"
    missing = {extra for module, extra in needed.items() if find_spec(module) is None}
    if missing:
        raise ConfigError(f"backfill needs extras: pip install 'khabar[{','.join(sorted(missing))}]'")


def _line(summary: "BackfillSummary") -> dict[str, object]:
    rate = summary.records / summary.seconds if summary.seconds else 0.0
    fields = {name: getattr(summary, name) for name in ("batches", "records", "new", "edited", "bytes_read")}
    return fields | {"records_per_second": round(rate, 1)}


def _log_progress(summary: "BackfillSummary") -> None:
    logs.log.info("backfill_progress", extra=_line(summary))


def _tell_progress(summary: "BackfillSummary") -> None:
    fields = _line(summary)
    print(
        f"{clock.now():%H:%M:%S}Z  {fields['records']} records, {fields['new']} new articles,"
        f" {summary.bytes_read / 1e6:.0f} MB, {fields['records_per_second']} records/s",
        file=sys.stderr,
    )
