"""The command line's parser: argparse with short errors, suggestions, and help that keeps its examples."""

import argparse
import re
import sys
import textwrap
from typing import Any, NoReturn

from pipelines.suggest import suggestion


class Help(argparse.HelpFormatter):
    """Wraps prose to the terminal and leaves indented lines, which are commands to copy, as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = []
        for line in text.splitlines():
            if line.startswith("  ") or not line:
                lines.append(line)
            else:
                lines += textwrap.wrap(line, width) or [""]
        return "\n".join(indent + line for line in lines)


class Parser(argparse.ArgumentParser):
    """Every command's parser."""

    def __init__(self, **options: Any) -> None:
        options["formatter_class"] = Help
        super().__init__(**options)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse; what is left over is an error here, where the options that were possible are known."""
        found, extras = super().parse_known_args(args, namespace)
        for word in extras:
            if word.startswith("-"):
                known = [option for action in self._actions for option in action.option_strings]
                self.error(f"no option {word.partition('=')[0]!r}{suggestion(word.partition('=')[0], known)}")
            self.error(f"unexpected argument {word!r}")
        return found, extras

    def error(self, message: str) -> NoReturn:
        """One line that names the finding, one that says where help is; exit 2."""
        if found := re.fullmatch(r"argument (\S+): invalid choice: '(.*?)' \(choose from (.*)\)", message):
            what, wrong, listed = found.groups()
            close = suggestion(wrong, re.findall(r"'([^']+)'", listed))
            of = "command" if what in ("COMMAND", "ACTION") else what
            message = f"no {of} {wrong!r}{close}" if close else f"no {of} {wrong!r}; there are {listed}"
        print(f"{self.prog}: {message}\nhelp: {self.prog} --help", file=sys.stderr)
        self.exit(2)
