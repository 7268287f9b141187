"""Values of command line options, as people write them."""

import argparse
import os
import re
from pathlib import Path

from transforms.storage import place

LEDGER = "KHABAR_LEDGER"


def add_root(parser: argparse.ArgumentParser) -> None:
    """Declare where the dataset is, and its ledger."""
    parser.add_argument(
        "--root", type=place, required=True, help="folder of the dataset, or s3://bucket/prefix"
    )
    parser.add_argument(
        "--ledger",
        default=os.environ.get(LEDGER),
        metavar="PLACE",
        help=f"postgresql://... for several machines; default ${LEDGER}, else _state/ledger.sqlite",
    )


def add_feeds(parser: argparse.ArgumentParser) -> None:
    """Declare which feeds are read, and how."""
    parser.add_argument("--feeds", type=Path, required=True, help="what to read (TOML)")
    parser.add_argument("--config", type=Path, help="how to read it (TOML)")
    add_source(parser)


def add_source(parser: argparse.ArgumentParser) -> None:
    """Declare the choice among the feeds."""
    parser.add_argument(
        "--source", action="append", default=[], metavar="ID", help="only this feed (repeatable)"
    )


def add_runner(parser: argparse.ArgumentParser) -> None:
    """Declare what runs a bounded graph."""
    parser.add_argument(
        "--runner",
        default="DirectRunner",
        help="Beam runner (default DirectRunner: this process); its flags go after --",
    )


def add_maintenance(parser: argparse.ArgumentParser) -> None:
    """Declare what every command that changes a dataset in place takes."""
    add_root(parser)
    parser.add_argument(
        "--lock-wait", type=duration, default=0.0, metavar="TIME", help="wait for a run (default 0)"
    )
    parser.add_argument("--json", action="store_true", help="print one object")


def add_late_days(parser: argparse.ArgumentParser, partition: str) -> None:
    """Declare when a partition, such as ``a day``, is closed."""
    parser.add_argument(
        "--late-days",
        type=int,
        default=2,
        metavar="N",
        help=f"{partition} is closed N days after (default 2)",
    )


def duration(text: str) -> float:
    """Seconds of ``90``, ``90s``, ``10m`` or ``2h``.

    >>> duration("10m")
    600.0
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration such as 90s, 10m or 2h")
    return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]]


def percentage(text: str) -> float:
    """Share of ``20%``.

    >>> percentage("20%")
    0.2
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)%", text)
    if not match or float(match[1]) > 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no percentage such as 20%")
    return float(match[1]) / 100


def days(text: str) -> int:
    """Days of ``400d``.

    >>> days("400d")
    400
    """
    match = re.fullmatch(r"(\d+)d", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days such as 400d")
    return int(match[1])


def address_and_port(text: str) -> tuple[str, int]:
    """Where to listen: ``9464`` or ``0.0.0.0:9464``.

    >>> address_and_port("9464")
    ('127.0.0.1', 9464)
    """
    address, _, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port such as 9464 or 0.0.0.0:9464")
    return address.strip("[]") or "127.0.0.1", int(port)


def size(text: str) -> int:
    """Bytes of ``64M`` or ``2G``, in powers of 1024.

    >>> size("64M")
    67108864
    """
    match = re.fullmatch(r"(\d+)([KMGT]?)", text)
    if not match or int(match[1]) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 64M or 2G")
    return int(match[1]) << (10 * " KMGT".index(match[2] or " "))
