"""``khabar compact``: small files into large ones."""

import argparse

from pipelines.arguments import add_late_days, add_maintenance


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "compact",
        help="merge the small files of closed days",
        description="Merge the files of each closed day, and of each partition with too many files, into one"
        " sorted file. Readers may go on; a run waits or exits 75.",
        epilog="exit codes: 0 done (also when nothing was worth it), 1 a partition was refused because"
        " it is not sound (khabar verify says more), 75 a run holds the lock, 78 a root that cannot be used",
    )
    add_late_days(parser, "a day")
    parser.add_argument(
        "--max-files", type=int, default=8, metavar="N", help="more files are merged in any day (default 8)"
    )
    add_maintenance(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compact and say what came of it."""
    from pipelines import clock
    from pipelines.compact import compact
    from pipelines.maintenance import maintained, tell
    from pipelines.signals import Stop

    now = clock.now()
    with Stop() as stop, maintained(arguments.root, arguments.lock_wait, arguments.ledger) as (root, ledger):
        done = compact(
            root,
            ledger,
            clock.new_run_id(now),
            now,
            late_days=arguments.late_days,
            max_files=arguments.max_files,
            stop=stop,
        )
    return tell(
        done,
        f"{done.partitions} partitions: {done.files_before} files to {done.partitions},"
        f" {done.bytes_before / 1e6:.2f} MB to {done.bytes_after / 1e6:.2f} MB",
        as_json=arguments.json,
    )
