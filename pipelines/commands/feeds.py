"""``khabar feeds``: list, check, add, import and export what is read."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.arguments import add_source

if TYPE_CHECKING:
    from transforms.fetch.policy import Feed


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command and its actions."""
    parser = subparsers.add_parser("feeds", help="list, check, add, import and export feeds")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)

    show = actions.add_parser("list", help="show the feeds of a file, or of the shipped catalogue")
    _feeds_option(show, required=False)
    show.add_argument("--json", action="store_true", help="one object a line")
    show.set_defaults(run=list_feeds)

    check = actions.add_parser(
        "check", help="validate a file and, unless --offline, fetch and parse each feed"
    )
    _feeds_option(check, required=False)
    check.add_argument("--offline", action="store_true", help="only validate the file")
    check.add_argument("--config", type=Path, help="how to read (TOML)")
    add_source(check)
    check.add_argument("--json", action="store_true", help="one object a feed")
    check.set_defaults(run=check_feeds)

    add = actions.add_parser("add", help="add a feed; a page's address finds the feeds it advertises")
    add.add_argument("url", metavar="URL", help="of the feed, or of a page that advertises feeds")
    _feeds_option(add, required=True)
    add.add_argument("--config", type=Path, help="how to read (TOML)")
    add.add_argument("--id", help="slug that becomes source=ID (default: made from the title or the host)")
    add.add_argument("--agency", help="wire service the text comes from, a key of the agency lexicon")
    add.add_argument("--language", metavar="TAG", help="BCP 47 tag the publisher declares")
    add.add_argument("--timezone", metavar="ZONE", help="IANA zone for dates without one")
    add.add_argument("--title", help="name for people")
    add.add_argument("--offline", action="store_true", help="add without looking")
    add.add_argument("--json", action="store_true", help="print one object")
    add.set_defaults(run=add_feed)

    opml_in = actions.add_parser("import-opml", help="add the feeds of an OPML file")
    opml_in.add_argument("opml", metavar="OPML", type=Path, help="file to read")
    _feeds_option(opml_in, required=True)
    opml_in.add_argument("--json", action="store_true", help="print one object")
    opml_in.set_defaults(run=import_opml)

    opml_out = actions.add_parser("export-opml", help="print the feeds as OPML")
    _feeds_option(opml_out, required=False)
    opml_out.set_defaults(run=export_opml)


def _feeds_option(parser: argparse.ArgumentParser, *, required: bool) -> None:
    note = "" if required else " (default: the shipped catalogue)"
    parser.add_argument("--feeds", type=Path, required=required, help=f"feeds.toml{note}")


def _load(path: Path | None) -> "list[Feed]":
    from pipelines.config import load_feeds, shipped

    return load_feeds(path or shipped("feeds.toml"))


def list_feeds(arguments: argparse.Namespace) -> int:
    """Print the feeds, aligned or as JSON lines."""
    feeds = _load(arguments.feeds)
    if arguments.json:
        for feed in feeds:
            row = {"id": feed.id, "url": feed.url, "agency": feed.agency, "language": feed.language}
            print(json.dumps(row | {"verified": feed.verified}, ensure_ascii=False))
        return 0
    width = max(len(feed.id) for feed in feeds)
    for feed in feeds:
        mark = " " if feed.verified else "?"
        print(f"{feed.id:<{width}} {feed.language or '-':<8} {mark} {feed.url}")
    unsure = sum(not feed.verified for feed in feeds)
    print(f"{len(feeds)} feeds" + (f", {unsure} unverified (?)" if unsure else ""), file=sys.stderr)
    return 0


def check_feeds(arguments: argparse.Namespace) -> int:
    """Validate; unless offline, fetch and parse every feed and say what was found."""
    from pipelines.config import select_feeds, shipped

    path = arguments.feeds or shipped("feeds.toml")
    feeds = select_feeds(_load(path), arguments.source, path)
    if arguments.offline and arguments.json:
        for feed in feeds:
            _print_check(feed.id, ok=True, finding="valid")
        return 0
    if arguments.offline:
        languages = {feed.language for feed in feeds if feed.language}
        agencies = {feed.agency for feed in feeds if feed.agency}
        print(f"{path}: {len(feeds)} feeds, {len(languages)} languages, {len(agencies)} agencies: valid")
        return 0
    from pipelines.config import load_settings
    from pipelines.probe import probe

    failed = 0
    for result in probe(feeds, load_settings(arguments.config).fetch):
        failed += not result.ok
        if arguments.json:
            _print_check(result.feed.id, ok=result.ok, finding=result.finding)
            continue
        print(f"{'ok  ' if result.ok else 'FAIL'} {result.feed.id}: {result.finding}")
    return 1 if failed else 0


def _print_check(feed_id: str, *, ok: bool, finding: str) -> None:
    print(json.dumps({"id": feed_id, "ok": ok, "finding": finding}, ensure_ascii=False))


def add_feed(arguments: argparse.Namespace) -> int:
    """Append one feed to the file, after looking at it."""
    from pipelines.config import ConfigError, load_settings
    from pipelines.feeds_file import slug_of
    from pipelines.probe import probe
    from transforms.fetch.policy import Feed

    known = _load(arguments.feeds) if arguments.feeds.exists() else []
    if any(feed.url == arguments.url for feed in known):
        print(f"khabar: {arguments.feeds} has {arguments.url} already", file=sys.stderr)
        return 2
    taken = [feed.id for feed in known]
    try:
        feed = Feed(
            id=arguments.id or slug_of(arguments.url, arguments.title, taken),
            url=arguments.url,
            agency=arguments.agency,
            language=arguments.language,
            timezone=arguments.timezone,
            title=arguments.title,
        )
    except ValueError as error:
        raise ConfigError(str(error)) from error
    if feed.id in taken:
        raise ConfigError(f"{arguments.feeds}: feed id {feed.id!r} is used already")
    if not arguments.offline:
        (result,) = probe([feed], load_settings(arguments.config).fetch)
        if arguments.json and not result.ok:
            _print_check(feed.id, ok=False, finding=result.finding)
            return 1
        if not arguments.json:
            print(result.finding)
        if not result.ok:
            for advertised in result.advertised:
                print(f"  khabar feeds add {advertised} --feeds {arguments.feeds}")
            return 1
    _append(arguments, [feed])
    return 0


def import_opml(arguments: argparse.Namespace) -> int:
    """Append the feeds of an OPML file that the file does not have."""
    from pipelines.config import ConfigError
    from pipelines.feeds_file import OpmlError, from_opml

    known = _load(arguments.feeds) if arguments.feeds.exists() else []
    urls = {feed.url for feed in known}
    try:
        found = from_opml(arguments.opml.read_bytes(), [feed.id for feed in known])
    except OSError as error:
        raise ConfigError(f"{arguments.opml}: cannot read: {error.strerror}") from error
    except (OpmlError, ValueError) as error:
        raise ConfigError(f"{arguments.opml}: {error}") from error
    _append(arguments, [feed for feed in found if feed.url not in urls])
    return 0


def export_opml(arguments: argparse.Namespace) -> int:
    """Print OPML."""
    from pipelines.feeds_file import to_opml

    sys.stdout.buffer.write(to_opml(_load(arguments.feeds)))
    return 0


def _append(arguments: argparse.Namespace, feeds: "Sequence[Feed]") -> None:
    from pipelines.feeds_file import render

    path: Path = arguments.feeds
    before = path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" if path.exists() else ""
    path.write_text(before + render(feeds), encoding="utf-8")
    if arguments.json:
        print(json.dumps({"file": str(path), "added": [feed.id for feed in feeds]}))
        return
    print(f"{path}: {len(feeds)} added" + (f": {', '.join(feed.id for feed in feeds)}" if feeds else ""))
