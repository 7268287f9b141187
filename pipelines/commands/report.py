"""``khabar report``: one HTML page about the dataset."""

import argparse
import json
from pathlib import Path

from transforms.storage import is_remote, place


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "report",
        help="write one HTML page: volume, languages, lag, edits, feeds, rejects, storage ...",
        description="Write one self-contained HTML page about a dataset: volume, languages, lengths, lag,"
        " dates, edits, agencies, reprints, silent and failing feeds, gaps, rejects, storage, and what"
        " needs a look."
        " Changes nothing in the dataset; may run beside everything else. Needs khabar[report].",
        epilog="exit codes: 0 done, 1 the page cannot be written, 2 khabar[report] is not installed,"
        " 78 no dataset",
    )
    parser.add_argument(
        "--root", type=place, required=True, help="folder of the dataset, or s3://bucket/prefix"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="the page (default: ROOT/report.html)")
    parser.add_argument(
        "--open", action="store_true", help="show it in the browser (in a store: needs --out)"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as one object; write no page")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Collect the figures and write the page."""
    from pipelines import clock
    from pipelines.beside import WriteError, put
    from pipelines.progress import working
    from pipelines.report.facts import CHAPTERS, collect
    from pipelines.report.page import check_extra, render

    if not arguments.json:
        check_extra()
    if arguments.open and arguments.out is None and is_remote(arguments.root):
        raise WriteError("--open shows a file on this machine: name it with --out")
    root = arguments.root.resolve()
    with working("report", len(CHAPTERS) + 2) as progress:
        facts = collect(root, progress.step)
        if arguments.json:
            print(json.dumps(facts, ensure_ascii=False, default=str))
            return 0
        progress.step("charts")
        page = render(facts, clock.now())
    out = arguments.out or root / "report.html"
    put(out, page)
    print(f"{out}: {len(page.encode()) / 1e6:.2f} MB")
    if arguments.open:
        import webbrowser

        webbrowser.open(out.resolve().as_uri())
    return 0
