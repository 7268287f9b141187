"""``khabar rollup``: closed months of a source into one file each."""

import argparse

from pipelines.arguments import add_late_days, add_maintenance


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "rollup",
        help="join closed months of a source into one file each, for long series",
        description="Write each closed month of a source as one file of articles_monthly and one of"
        " sentences_monthly, beside the daily datasets, which stay as they are. Months that got late"
        " edits are written again. Readers may go on; a run waits or exits 75.",
        epilog="exit codes: 0 done (also when nothing was wanting), 1 a month was refused because"
        " it is not sound (khabar verify says more), 75 a run holds the lock, 78 a root that cannot be used",
    )
    parser.add_argument("--monthly", action="store_true", required=True, help="a month in a file")
    add_late_days(parser, "a month")
    parser.add_argument("--everything", action="store_true", help="also months that lack nothing")
    add_maintenance(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Roll up and say what came of it."""
    from pipelines import clock
    from pipelines.maintenance import maintained, tell
    from pipelines.rollup import rollup
    from pipelines.signals import Stop

    now = clock.now()
    with Stop() as stop, maintained(arguments.root, arguments.lock_wait, arguments.ledger) as (root, ledger):
        done = rollup(
            root,
            ledger,
            clock.new_run_id(now),
            now,
            late_days=arguments.late_days,
            everything=arguments.everything,
            stop=stop,
        )
    return tell(
        done,
        f"{done.months} months: {done.files_before} files to {done.files_after},"
        f" {done.bytes_before / 1e6:.2f} MB to {done.bytes_after / 1e6:.2f} MB",
        as_json=arguments.json,
    )
