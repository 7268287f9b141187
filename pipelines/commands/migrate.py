"""``khabar migrate``: files of an older schema get today's columns."""

import argparse

from pipelines.arguments import add_maintenance


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "migrate",
        help="give files of an older schema today's columns",
        description="Write each partition anew that has a file of an older schema. Rows, ids and versions"
        " stay; added columns hold what the schema says of older rows. Readers may go on; a run waits or"
        " exits 75.",
        epilog="exit codes: 0 done (also when everything is current), 1 a partition was refused because it is"
        " not sound or newer than this khabar, 75 a run holds the lock, 78 a root that cannot be used",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be written anew")
    add_maintenance(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Migrate and say what came of it."""
    from pipelines import clock
    from pipelines.maintenance import maintained, tell
    from pipelines.migrate import migrate
    from pipelines.signals import Stop

    with Stop() as stop, maintained(arguments.root, arguments.lock_wait, arguments.ledger) as (root, ledger):
        run_id = clock.new_run_id(clock.now())
        done = migrate(root, ledger, run_id, dry_run=arguments.dry_run, stop=stop)
    found = ", ".join(f"{count} files of schema {version}" for version, count in sorted(done.found.items()))
    verb = "would migrate" if done.dry_run else "migrated"
    line = f"{found or 'no files'}: {verb} {done.partitions} partitions ({done.rows} rows)"
    return tell(done, line, as_json=arguments.json)
