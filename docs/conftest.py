"""Every snippet of the documentation is run, in reading order, in a folder that looks like a fresh clone.

    bash          run by bash, with this environment's khabar on the PATH and as .venv/bin/khabar
    python        run in one namespace a page
    sql           asked of `khabar sql --root demo-data`
    output        what the snippet above printed; `...` stands for anything
    toml          read as feeds.toml, khabar.toml or the sources of a back-fill
    text          shown, not run; tests/test_documentation.py parses the khabar commands in it

`<!-- skip: next "why" -->` leaves a snippet out, visibly.
"""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, SkipParser

from pipelines.backfill.config import load_sources
from pipelines.config import load_feeds, load_settings

REPOSITORY = Path(__file__).parent.parent
CLONE = (
    "Makefile",
    "setup.py",
    "pyproject.toml",
    "README.md",
    "config",
    "examples",
    "pipelines",
    "schemas",
    "transforms",
)
FAST = ("tutorial.md",)
WIDTH = {"COLUMNS": "100", "HF_HUB_OFFLINE": "1", "NO_COLOR": "1", "PYTHONUTF8": "1"}


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make demo` leaves, made once."""
    root = tmp_path_factory.mktemp("demo") / "demo-data"
    subprocess.run([sys.executable, "-m", "pipelines.demo", str(root)], check=True, capture_output=True)
    return root


@pytest.fixture(scope="module")
def workspace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each page: the clone, its environment and, unless the page makes it, the demo dataset."""
    folder = tmp_path_factory.mktemp("clone")
    for name in CLONE:
        if (REPOSITORY / name).exists():
            (folder / name).symlink_to(REPOSITORY / name)
    (folder / ".venv").symlink_to(sys.prefix)
    if "\nmake demo\n" not in request.node.path.read_text(encoding="utf-8"):
        shutil.copytree(request.getfixturevalue("demo_data"), folder / "demo-data")
    return folder


@pytest.fixture(scope="session")
def no_spark() -> bool:
    """Whether Spark cannot start here."""
    return shutil.which("java") is None or find_spec("pyspark") is None


def run_bash(example: Example) -> None:
    """Run commands; they may not fail."""
    example.namespace["printed"] = shell(example, ["bash", "-euo", "pipefail", "-c", str(example.parsed)])


def run_sql(example: Example) -> None:
    """Ask the demo dataset."""
    example.namespace["printed"] = shell(
        example, ["khabar", "sql", "--root", "demo-data", str(example.parsed)]
    )


def shell(example: Example, command: list[str]) -> str:
    """Run a command in the page's folder and return what it printed on standard output."""
    path = f"{Path(sys.prefix, 'bin')}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=example.namespace["workspace"],
        env={**_outside_make(), **WIDTH, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _outside_make() -> dict[str, str]:
    """The environment of a reader: below ``make test``, a page's own ``make`` would tell of folders."""
    of_make = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    return {name: value for name, value in os.environ.items() if name not in of_make}


def run_python(example: Example) -> None:
    """Run statements in the page's namespace."""
    printed = io.StringIO()
    code = compile("\n" * example.line + str(example.parsed), example.path, "exec", dont_inherit=True)
    with contextlib.chdir(example.namespace["workspace"]), contextlib.redirect_stdout(printed):
        exec(code, example.namespace)  # the reader would do the same
    example.namespace["printed"] = printed.getvalue()


def compare_output(example: Example) -> str | None:
    """What the page shows is what was printed, but for white space and what `...` stands for."""
    want, got = (" ".join(text.split()) for text in (str(example.parsed), example.namespace["printed"]))
    pattern = re.sub(r"(\\ )?\\\.\\\.\\\.(\\ )?", ".*", re.escape(want))
    if re.fullmatch(pattern, got):
        return None
    return f"the page shows\n{example.parsed}\nthe snippet printed\n{example.namespace['printed']}"


def read_toml(example: Example) -> None:
    """Read configuration as khabar would."""
    text = str(example.parsed)
    path = Path(example.namespace["workspace"], "snippet.toml")
    path.write_text(text, encoding="utf-8")
    if "feed" in (tables := tomllib.loads(text)):
        load_feeds(path)
    elif "source" in tables:
        load_sources(path)
    else:
        load_settings(path)


pytest_collect_file = Sybil(
    parsers=[
        SkipParser(),
        CodeBlockParser("bash", run_bash),
        CodeBlockParser("sql", run_sql),
        CodeBlockParser("python", run_python),
        CodeBlockParser("output", compare_output),
        CodeBlockParser("toml", read_toml),
    ],
    patterns=["*.md"],
    fixtures=["workspace", "no_spark"],
).pytest()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The fast suite runs the tutorial; the guides, of which one starts Spark, are for the slow one."""
    for item in items:
        if isinstance(getattr(item, "example", None), Example) and item.path.name not in FAST:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(600))  # Spark starts a JVM
