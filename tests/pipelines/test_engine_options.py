"""The flags that docs/how-to/scale.md names for each engine are flags of the Beam that is installed."""

import re
import shlex

import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.exits import KhabarError
from pipelines.runner import make_pipeline
from pipelines.signals import Cancel
from pipelines.streaming.due import StreamJob
from pipelines.streaming.launch import launch
from tests.newsroom import REPOSITORY, Newsroom, rss, story

PAGE = (REPOSITORY / "docs" / "how-to" / "scale.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## On an engine")[2].partition("\n## ")[0]


# The SDK passes these on as they are: the engine's job server is asked for its own options at submission.
JOB_SERVERS_OWN = {"checkpointing_interval"}


def documented() -> dict[str, list[str]]:
    """What follows ``--runner`` in the section's commands and table, by the runner's name and place."""
    commands = re.findall(r"```text\n(.*?)```", SECTION, re.DOTALL)
    lines = [line for block in commands for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"`(--runner [^`]*)`", SECTION)
    found = {}
    for n, line in enumerate(line for line in lines if "--runner" in line):
        words = shlex.split(line)
        runner = words[words.index("--runner") + 1]
        found[f"{n} {runner}"] = words[words.index("--") + 1 :]
    return found


@pytest.mark.parametrize("name", sorted(documented()))
def test_beam_knows_every_documented_flag(name: str) -> None:
    flags = documented()[name]
    known = PipelineOptions(flags).get_all_options(drop_default=True)
    assert flags
    assert JOB_SERVERS_OWN.isdisjoint(known)
    for flag in flags:
        option, _, value = flag.removeprefix("--").partition("=")
        if option not in JOB_SERVERS_OWN:
            assert str(known[option]) == (value or "True"), flag


def test_the_page_covers_the_engines_it_names() -> None:
    runners = {name.split()[1] for name in documented()}
    assert runners == {"FlinkRunner", "PortableRunner", "DataflowRunner", "SparkRunner"}


def test_the_local_runner_does_not_stream(newsroom: Newsroom) -> None:
    job = StreamJob(name="s", root=newsroom.root, ledger=None, feeds=[])
    with pytest.raises(KhabarError, match="use khabar watch"):
        launch(job, "DirectRunner", [], None, Cancel())
    assert not newsroom.root.exists()


def test_options_reach_the_pipeline() -> None:
    flags = ["--flink_master=flink:8081", "--parallelism=3", "--checkpointing_interval=60000"]
    options = make_pipeline("PortableRunner", flags).options
    kept = options.get_all_options(retain_unknown_options=True)
    assert {name: str(kept[name]) for name in ("flink_master", "parallelism", "checkpointing_interval")} == {
        "flink_master": "flink:8081",
        "parallelism": "3",
        "checkpointing_interval": "60000",
    }


def test_an_engine_that_is_not_there_is_one_line(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.publish("port", rss(story(1)))
    assert (
        newsroom.run(
            "--runner", "PortableRunner", "--", "--job_endpoint=localhost:1", "--job_server_timeout=1"
        )["exit"]
        == 1
    )
    err = capsys.readouterr().err
    assert "--runner PortableRunner: " in err
    assert "Traceback" not in err


def test_flags_that_do_not_go_together_are_named(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.publish("port", rss(story(1)))
    flags = ["--job_endpoint=localhost:1", "--environment_type=LOOPBACK", "--environment_config=localhost:2"]
    assert newsroom.run("--runner", "PortableRunner", "--", *flags)["exit"] == 2
    [line] = [line for line in capsys.readouterr().err.splitlines() if "validations errors" in line]
    assert "environment_config" in line
