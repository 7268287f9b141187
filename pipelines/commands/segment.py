"""``khabar segment``: the sentences of a text, one a line."""

import argparse
import sys
from pathlib import Path


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser of ``khabar``."""
    parser = subparsers.add_parser("segment", help="print the sentences of a UTF-8 text, one a line")
    parser.add_argument("file", metavar="FILE", help="a text file, - for standard input")
    parser.add_argument("--language", help="BCP 47 tag, e.g. ar; by the script of the text if not given")
    parser.add_argument(
        "--newlines",
        choices=("auto", "hard", "wrap"),
        default="auto",
        help="whether line breaks end paragraphs: hard, always; wrap, only blank lines; auto, by their look",
    )
    parser.set_defaults(run=run)


def _read(file: str) -> str:
    return (sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()).decode("utf-8-sig")


def _refuse(file: str, finding: str) -> int:
    print(f"khabar segment: {file}: {finding}", file=sys.stderr)
    return 2


def run(args: argparse.Namespace) -> int:
    """Print each sentence on a line of its own; 2 and one line that says why a file cannot be read."""
    from transforms.text.sentences import segment

    try:
        text = _read(args.file)
    except OSError as error:
        return _refuse(args.file, error.strerror or str(error))
    except UnicodeDecodeError as error:
        return _refuse(args.file, f"not UTF-8: byte {error.object[error.start]:#04x} at {error.start}")
    for _, _, start, end in segment(text, args.language, args.newlines).sentences:
        print(" ".join(text[start:end].split()))
    return 0
