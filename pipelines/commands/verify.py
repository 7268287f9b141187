"""``khabar verify``: is the dataset what the ledger says, and sound in itself?"""

import argparse
import json

from pipelines.arguments import add_root


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "verify",
        help="check files, checksums, keys and rows of a dataset",
        description="Check a dataset: schema, checksums, ledger against files, duplicates, leftovers,"
        " partitions and spans. Changes nothing; may run beside everything else.",
        epilog="exit codes: 0 sound, 1 findings (one line each), 78 no dataset or no usable ledger",
    )
    add_root(parser)
    parser.add_argument(
        "--deep", action="store_true", help="read every row and derive again what is pure; read raw/ too"
    )
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the findings."""
    from pipelines.exits import Exit
    from pipelines.verify import verify

    report = verify(arguments.root, deep=arguments.deep, ledger=arguments.ledger)
    if arguments.json:
        print(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        for finding in report.findings:
            print(finding)
        aside = "; a run is on, so what is unfinished was not judged" if report.beside_writer else ""
        if report.older_files:
            aside += f"; {report.older_files} files of an older schema (khabar migrate)"
        print(f"{report.files} files, {report.rows} rows: {len(report.findings)} findings{aside}")
    return Exit.FAILED if report.findings else Exit.OK
