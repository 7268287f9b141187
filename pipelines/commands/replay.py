"""``khabar replay``: read again from raw/ what was read by an older khabar."""

import argparse
from datetime import date

from pipelines.arguments import add_feeds, add_maintenance


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "replay",
        help="derive the dataset again from raw/",
        description="Derive articles and sentences again from the documents in raw/, where another version of"
        " khabar wrote them. Ids, versions, partitions and first_seen_at stay.",
        epilog="exit codes: 0 done, 1 a partition was refused because it is not sound (khabar verify says"
        " more), 75 a run holds the lock, 78 bad configuration or a root that cannot be used",
    )
    add_feeds(parser)
    parser.add_argument(
        "--since", type=date.fromisoformat, metavar="DATE", help="only partitions from here on"
    )
    parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="only partitions up to here")
    parser.add_argument("--everything", action="store_true", help="also what this version wrote")
    add_maintenance(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Replay and say what came of it."""
    from importlib import metadata

    from pipelines import clock
    from pipelines.config import load_feeds, load_settings, select_feeds
    from pipelines.maintenance import maintained, tell
    from pipelines.replay import Replay, replay
    from pipelines.signals import Stop

    feeds = select_feeds(load_feeds(arguments.feeds), arguments.source, arguments.feeds)
    chosen = set(arguments.source)
    first, last = arguments.since or date.min, arguments.until or date.max

    def wanted(folder: str) -> bool:
        source, _, day = folder.rpartition("/date=")
        return (not chosen or source.rpartition("=")[2] in chosen) and first <= date.fromisoformat(
            day
        ) <= last

    job = Replay(
        run_id=clock.new_run_id(clock.now()),
        pipeline_version=metadata.version("khabar"),
        feeds={feed.id: feed for feed in feeds},
        language_backend=load_settings(arguments.config).language.backend,
        everything=arguments.everything,
        wanted=wanted,
    )
    with Stop() as stop, maintained(arguments.root, arguments.lock_wait, arguments.ledger) as (root, ledger):
        done = replay(root, ledger, job, stop)
    counts = {name: count for name, count in vars(done).items() if name != "refused"}
    line = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    return tell(done, line, as_json=arguments.json)
