"""``khabar segment``: the sentences of a text, one a line."""

import argparse
import json

from pipelines.textfile import read_text


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser of ``khabar``."""
    parser = subparsers.add_parser("segment", help="print the sentences of a UTF-8 text, one a line")
    parser.add_argument("file", metavar="FILE", help="a text file, - for standard input")
    parser.add_argument("--language", help="BCP 47 tag, e.g. ar; identified if not given")
    parser.add_argument(
        "--newlines",
        choices=("auto", "hard", "wrap"),
        default="auto",
        help="whether line breaks end paragraphs: hard, always; wrap, only blank lines; auto, by their look",
    )
    parser.add_argument("--json", action="store_true", help="one object a sentence: paragraph, span and text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print each sentence on a line of its own."""
    from transforms.text.language import identify
    from transforms.text.sentences import segment

    text = read_text(args.file)
    language = args.language or identify(text).language
    for paragraph, _, start, end in segment(text, language, args.newlines).sentences:
        sentence = {"paragraph": paragraph, "start": start, "end": end, "text": text[start:end]}
        print(json.dumps(sentence, ensure_ascii=False) if args.json else " ".join(text[start:end].split()))
    return 0
