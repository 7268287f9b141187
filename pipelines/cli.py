"""The ``khabar`` command: finds the subcommand, turns known errors into one line and an exit code."""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from importlib import metadata
from importlib.abc import MetaPathFinder
from typing import NoReturn

from pipelines import commands
from pipelines.examples import add_examples
from pipelines.exits import Exit, KhabarError, machine_trouble
from pipelines.parser import Parser


def build_parser() -> argparse.ArgumentParser:
    """The parser of every subcommand; each lives in ``pipelines.commands.<name>``."""
    parser = Parser(
        prog="khabar",
        description="Agency news feeds in, a trustworthy Parquet dataset out.",
    )
    parser.add_argument("--version", action="version", version=f"khabar {metadata.version('khabar')}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"pipelines.commands.{module.name}").add_parser(subparsers)
    add_examples(parser)
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
    try:
        return int(arguments.run(arguments))
    except KhabarError as error:
        print(f"khabar: {error}", file=sys.stderr)
        return error.exit
    except BrokenPipeError:
        # The reader of our output went away (`khabar sql ... | head`); keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except (OSError, RuntimeError) as error:
        trouble = machine_trouble(error)
        if trouble is None:
            raise
        print(f"khabar: {trouble}; what was not committed is not visible", file=sys.stderr)
        return Exit.FAILED


class _WithoutPandas(MetaPathFinder):
    """Keeps pandas out of this process: no command needs it.

    pyarrow imports it, where it is installed, to convert its first list: 0.27 of the 0.9 CPU-seconds that an
    unchanged poll took.
    """

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        """Refuse pandas, and leave every other module to the finders behind."""
        if name == "pandas":
            raise ModuleNotFoundError("pandas is kept out of khabar's own process", name=name)


def entry_point() -> NoReturn:
    """Console script: exit with the command's code."""
    sys.meta_path.insert(0, _WithoutPandas())
    sys.exit(main())


if __name__ == "__main__":
    entry_point()
