"""``khabar identify FILE|-``: the language of a text, the runners-up, and why."""

import argparse
import json
from dataclasses import asdict

from pipelines.textfile import read_text


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = subparsers.add_parser("identify", help="print the language of a text, the runners-up, and why")
    parser.add_argument("file", help="a UTF-8 text file, or - for standard input")
    parser.add_argument("--hint", metavar="TAG", help="BCP 47 tag that the feed declares")
    parser.add_argument(
        "--lines", action="store_true", help="one answer per line instead of one for the text"
    )
    parser.add_argument("--json", action="store_true", help="one object a text (with --lines: a line)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one report, or one tab-separated line per line of input."""
    from transforms.text.language import identify
    from transforms.text.language.explain import explain

    text = read_text(args.file)
    if args.json:
        for part in text.splitlines() if args.lines else [text]:
            print(json.dumps(asdict(identify(part, args.hint)) | {"text": part}, ensure_ascii=False))
        return 0
    if args.lines:
        for line in text.splitlines():
            answer = identify(line, args.hint)
            print(f"{answer.language}\t{answer.script}\t{answer.confidence:.4f}\t{answer.method}\t{line}")
        return 0
    print("\n".join(explain(text, args.hint)))
    return 0
