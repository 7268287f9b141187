"""``khabar status``: where each feed and the dataset stand."""

import argparse
import json

from pipelines.arguments import add_root, add_source


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "status",
        help="show runs, feeds, embargoes and sizes of a dataset",
        description="Show where each feed stands, what waits under embargo, what the datasets weigh, and the"
        " last runs. Reads the ledger alone; may run beside everything else.",
    )
    add_root(parser)
    add_source(parser)
    parser.add_argument("--failing", action="store_true", help="only feeds whose last poll failed")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the status."""
    from pipelines.status import collect, show

    status = collect(arguments.root, arguments.ledger)
    status["feeds"] = [
        feed
        for feed in status["feeds"]
        if (not arguments.source or feed["id"] in arguments.source)
        and (not arguments.failing or feed.get("error_class"))
    ]
    if arguments.json:
        print(json.dumps(status, ensure_ascii=False, default=str))
    else:
        show(status)
    return 0
