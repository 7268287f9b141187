"""The ``khabar`` command: finds the subcommand, turns known errors into one line and an exit code."""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from enum import IntEnum
from typing import NoReturn

from pipelines import commands


class Exit(IntEnum):
    """Exit codes, as schedulers read them."""

    OK = 0
    FAILED = 1
    USAGE = 2
    TOO_MANY_FAILED = 3
    LOCKED = 75  # EX_TEMPFAIL
    CONFIG = 78  # EX_CONFIG


def build_parser() -> argparse.ArgumentParser:
    """The parser of every subcommand; each lives in ``pipelines.commands.<name>``."""
    parser = argparse.ArgumentParser(
        prog="khabar",
        description="Agency news feeds in, a trustworthy Parquet dataset out.",
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"pipelines.commands.{module.name}").add_parser(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Everything after ``--`` is left to Beam.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    own, beam_flags = _split(words)
    arguments = build_parser().parse_args(own)
    arguments.beam_flags = beam_flags
    return _guarded(arguments)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in words:
        return words, []
    cut = words.index("--")
    return words[:cut], words[cut + 1 :]


def _guarded(arguments: argparse.Namespace) -> int:
    from pipelines.commit import RecoveryError
    from pipelines.config import ConfigError
    from pipelines.layout import RootError
    from pipelines.ledger import CommitError, LedgerError
    from pipelines.lock import LockedError

    codes: dict[type[Exception], Exit] = {
        ConfigError: Exit.CONFIG,
        RootError: Exit.CONFIG,
        LedgerError: Exit.CONFIG,
        LockedError: Exit.LOCKED,
        CommitError: Exit.FAILED,
        RecoveryError: Exit.FAILED,
    }
    try:
        return int(arguments.run(arguments))
    except tuple(codes) as error:
        print(f"khabar: {error}", file=sys.stderr)
        return next(code for kind, code in codes.items() if isinstance(error, kind))
    except BrokenPipeError:
        # The reader of our output went away (`khabar sql ... | head`); keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK


def entry_point() -> NoReturn:
    """Console script: exit with the command's code."""
    sys.exit(main())


if __name__ == "__main__":
    entry_point()
