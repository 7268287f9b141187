"""``khabar schema``: the columns, in other tools' words."""

import argparse
import json
import sys
from collections.abc import Sequence


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    from schemas.arrow import DATASETS
    from schemas.export import OBJECTS, TEXTS

    parser = subparsers.add_parser(
        "schema",
        help="print the columns, or export them as JSON Schema, pandera and more",
        description="Print the columns of the datasets with their meaning, or export them.",
        epilog="formats: json (JSON Schema), frictionless (Table Schema), pandera (a Python module),"
        " sql (DuckDB), arrow",
    )
    parser.add_argument(
        "dataset", nargs="*", metavar="DATASET", help=f"of {', '.join(DATASETS)} (default: all)"
    )
    parser.add_argument(
        "--format", choices=["table", *OBJECTS, *TEXTS], default="table", help="default: table"
    )
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="as --format json")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the schemas."""
    from pipelines.exits import Exit
    from schemas.arrow import DATASETS
    from schemas.export import OBJECTS, TEXTS

    chosen = arguments.dataset or list(DATASETS)
    for name in chosen:
        if name not in DATASETS:
            print(f"khabar: no dataset {name!r}; there are {', '.join(DATASETS)}", file=sys.stderr)
            return Exit.USAGE
    if arguments.format == "table":
        _print_tables(chosen)
    elif arguments.format in TEXTS:
        print("\n\n".join(TEXTS[arguments.format](name).rstrip("\n") for name in chosen))
    else:
        found = {name: OBJECTS[arguments.format](name) for name in chosen}
        print(json.dumps(found if len(found) > 1 else found[chosen[0]], ensure_ascii=False, indent=2))
    return Exit.OK


def _print_tables(chosen: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    from schemas.constraints import SUMMARIES
    from schemas.export import columns

    console = Console(markup=False)  # `text[start:end]` is a meaning, not a style
    for name in chosen:
        table = Table("column", "type", "null", "meaning", box=None, title=f"{name}: {SUMMARIES[name]}")
        for column in columns(name):
            null = "yes" if column["nullable"] else ""
            table.add_row(column["name"], column["type"], null, column["description"])
        console.print(table)
