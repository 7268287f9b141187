"""``khabar gc``: drop what is older than wanted."""

import argparse

from pipelines.arguments import add_maintenance, days


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "gc",
        help="drop old partitions, errors and raw documents",
        description="Drop whole partitions by date, and raw documents by age. Without an option nothing goes."
        " Raw documents that embargoed entries wait for stay.",
        epilog="exit codes: 0 done, 1 a partition was refused because it holds a file khabar does not know,"
        " 75 a run holds the lock, 78 a root that cannot be used",
    )
    parser.add_argument(
        "--keep", type=days, metavar="DAYS", help="of articles, sentences and fetch_log, e.g. 400d"
    )
    parser.add_argument("--keep-errors", type=days, metavar="DAYS", help="of errors (default: --keep)")
    parser.add_argument("--keep-monthly", type=days, metavar="DAYS", help="of months (default: --keep)")
    parser.add_argument("--keep-raw", type=days, metavar="DAYS", help="of raw/ (default: for ever)")
    parser.add_argument("--dry-run", action="store_true", help="say what would go")
    add_maintenance(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Collect and say what went."""
    from pipelines import clock
    from pipelines.gc import Retention, collect
    from pipelines.maintenance import maintained, tell

    now = clock.now()
    keep, errors, monthly = arguments.keep, arguments.keep_errors, arguments.keep_monthly
    retention = Retention(
        dataset_days=keep,
        errors_days=keep if errors is None else errors,
        monthly_days=keep if monthly is None else monthly,
        raw_days=arguments.keep_raw,
    )
    with maintained(arguments.root, arguments.lock_wait, arguments.ledger) as (root, ledger):
        done = collect(root, ledger, clock.new_run_id(now), now, retention, dry_run=arguments.dry_run)
    return tell(
        done,
        f"{'would drop' if done.dry_run else 'dropped'} {done.partitions} partitions"
        f" ({done.rows} rows, {done.bytes / 1e6:.2f} MB) and {done.raw_documents} raw documents"
        f" ({done.raw_bytes / 1e6:.2f} MB); {done.raw_held} kept for embargoed entries",
        as_json=arguments.json,
    )
