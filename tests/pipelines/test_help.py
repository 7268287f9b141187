"""Help, errors and completion of the command line."""

import argparse
import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import cli
from pipelines.examples import EXAMPLES
from pipelines.parser import Parser


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from parsers(child)


ALL = {parser.prog: parser for parser in parsers(cli.build_parser())}


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as refused:
        cli.main(words)
    assert refused.value.code == 2
    return capsys.readouterr().err


def test_every_command_has_examples_and_no_other_has() -> None:
    assert set(EXAMPLES) == set(ALL)


@pytest.mark.parametrize("prog", ALL)
def test_help_ends_with_the_examples_as_they_are_typed(prog: str) -> None:
    text = ALL[prog].format_help()
    for example in EXAMPLES[prog]:
        assert f"\n  {example}\n" in text


@pytest.mark.parametrize(("prog", "example"), [(p, e) for p, found in EXAMPLES.items() for e in found])
def test_every_example_is_taken(prog: str, example: str) -> None:
    words = shlex.split(example, posix=True)
    words = words[words.index("khabar") + 1 :]
    end = next((n for n, word in enumerate(words) if word in ("|", ">", "<", "--")), len(words))
    cli.build_parser().parse_args(words[:end])
    if prog != "khabar":
        assert example.partition("khabar ")[2].startswith(prog.removeprefix("khabar "))


@pytest.mark.parametrize("prog", ALL)
def test_every_parser_speaks_alike(prog: str) -> None:
    assert isinstance(ALL[prog], Parser)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["stauts"], "no command 'stauts' (did you mean 'status'?)"),
        (["feeds", "chekc"], "no command 'chekc' (did you mean 'check'?)"),
        (["status", "--root", "x", "--jsno"], "no option '--jsno' (did you mean '--json'?)"),
        (["sql", "--format", "prquet", "select 1"], "no --format 'prquet' (did you mean 'parquet'?)"),
        (["sql", "--format", "zzz", "select 1"], "there are 'table', 'csv', 'jsonl', 'parquet'"),
        (["status", "--root", "x", "y"], "unexpected argument 'y'"),
    ],
)
def test_what_was_probably_meant(words: list[str], meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    error = said(capsys, *words)
    assert meant in error
    assert len(error.splitlines()) == 2


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("khabar 0.")


def script(shell: str, folder: Path) -> Path:
    words = [sys.executable, "-m", "pipelines.cli", "completion", shell]
    path = folder / f"khabar.{shell}"
    path.write_bytes(subprocess.run(words, check=True, capture_output=True).stdout)
    return path


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("khabar sta", "status"),
        ("khabar status --fail", "--failing"),
        ("khabar sql --format j", "jsonl"),
        ("khabar feeds imp", "import-opml"),
    ],
)
def test_bash_completes(tmp_path: Path, line: str, offered: str) -> None:
    words = line.split()
    ask = (
        f"source {script('bash', tmp_path)}\n"
        f"COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; COMP_LINE='{line}'\n"
        f"$(complete -p khabar | sed -E 's/.*-F ([^ ]+).*/\\1/') khabar {words[-1]} {words[-2]}\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    result = subprocess.run(["bash", "-c", ask], check=True, capture_output=True, text=True)
    assert offered in [word.strip() for word in result.stdout.splitlines()]


OTHER_SHELLS = [pytest.param(shell, marks=pytest.mark.slow) for shell in ("zsh", "fish")]


@pytest.mark.parametrize("shell", ["bash", *OTHER_SHELLS])
def test_the_script_is_one_its_shell_can_read(tmp_path: Path, shell: str) -> None:
    path = script(shell, tmp_path)
    assert "--failing" in path.read_text() or "failing" in path.read_text()
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n", str(path)], check=True)


# Their output is for another program already, or goes on for ever.
WITHOUT_JSON = {"khabar", "khabar feeds", "khabar feeds export-opml", "khabar completion", "khabar stream"}


@pytest.mark.parametrize("prog", sorted(set(ALL) - WITHOUT_JSON))
def test_every_command_speaks_json(prog: str) -> None:
    assert any("--json" in action.option_strings for action in ALL[prog]._actions)


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        (["clean", "FILE", "--language", "ar"], "text", "أعلنت هيئة قناة السويس عبور 61 سفينة."),
        (["identify", "FILE"], "language", "ar"),
        (["segment", "FILE"], "paragraph", 0),
        (["feeds", "check", "--offline", "--source", "tass_ar"], "ok", True),
        (["feeds", "import-opml", "OPML", "--feeds", "DIR/feeds.toml"], "added", ["a_example"]),
        (
            ["feeds", "add", "https://a.example/", "--offline", "--id", "a", "--feeds", "DIR/f.toml"],
            "added",
            ["a"],
        ),
    ],
)
def test_json_has_what_the_text_has(
    words: list[str], key: str, value: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article, opml = tmp_path / "article.html", tmp_path / "in.opml"
    article.write_text("<p>القاهرة، 5 مارس. /تاس/. أعلنت هيئة قناة السويس عبور 61 سفينة.</p>", "utf-8")
    opml.write_text('<opml><body><outline xmlUrl="https://a.example/rss"/></body></opml>')
    known = {"FILE": str(article), "OPML": str(opml)}
    typed = [known.get(word, word).replace("DIR", str(tmp_path)) for word in words]
    assert cli.main([*typed, "--json"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[0])
    assert found[key] == value


def test_fish_completes(tmp_path: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    ask = f"source {script('fish', tmp_path)}; complete -C 'khabar sta'; complete -C 'khabar status --fai'"
    result = subprocess.run(["fish", "-c", ask], check=True, capture_output=True, text=True)
    offered = [line.split("\t")[0] for line in result.stdout.splitlines()]
    assert {"status", "--failing"} <= set(offered)
