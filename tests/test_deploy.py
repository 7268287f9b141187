"""The files of deploy/: each is taken by its own tool, and names only what khabar has.

Tools come from environments of their own (``make deploy-tools``); a test without its tool is skipped.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.cli import build_parser
from tests.engines import Server, free_port, program
from tests.newsroom import REPOSITORY
from transforms import s3
from transforms.storage import place

DEPLOY = REPOSITORY / "deploy"
TOOLS = REPOSITORY / "build" / "deploy" / "bin"
AIRFLOW = REPOSITORY / "build" / "airflow" / "bin" / "python"
UNITS = sorted((DEPLOY / "systemd").iterdir())
MANIFESTS = sorted((DEPLOY / "kubernetes").iterdir())


def tool(name: str) -> str:
    found = shutil.which(name, path=f"{TOOLS}:{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{name} is not installed: make deploy-tools")
    return found


def check(*words: str | Path, **environment: str) -> str:
    """Run a tool and give what it said; fails where it fails."""
    done = subprocess.run(
        words, capture_output=True, text=True, cwd=REPOSITORY, env=os.environ | environment, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def manifests(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes" / name).read_text()))


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every khabar command in the files, with where it stands."""
    for unit in UNITS:
        yield from (
            (unit.name, shlex.split(line))
            for line in re.findall(r"(?m)^ExecStart=\S+/khabar (.*)$", unit.read_text())
        )
    for line in re.findall(r"(?m)^[^#\n]*? khabar +khabar (.*?) >>", (DEPLOY / "crontab").read_text()):
        yield "crontab", shlex.split(line)
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    yield from ((name, services[name]["command"]) for name in ("watch", "backfill"))
    [job] = manifests("cronjob.yaml")
    yield "cronjob.yaml", job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"]
    [watch] = manifests("watch.yaml")
    yield "watch.yaml", watch["spec"]["template"]["spec"]["containers"][0]["args"]
    dag = (DEPLOY / "airflow" / "khabar_dag.py").read_text()
    for line in re.findall(r'bash_command=f"khabar (.*?)"', dag):
        filled = line.replace("{ROOT}", "/srv").replace("{CONFIGURATION}", "--feeds f --config k")
        yield "khabar_dag.py", shlex.split(filled)


COMMANDS = list(commands())


@pytest.mark.parametrize(
    ("place", "words"), COMMANDS, ids=[f"{place}-{words[0]}" for place, words in COMMANDS]
)
def test_every_command_is_one_that_khabar_takes(place: str, words: list[str]) -> None:
    own = words[: words.index("--")] if "--" in words else words
    assert build_parser().parse_args(own).run is not None


def test_every_kind_of_file_holds_a_command() -> None:
    places = {place for place, _ in COMMANDS}
    assert places >= {
        "crontab", "khabar-watch.service", "khabar-run.service", "khabar-compact.service",
        "cronjob.yaml", "watch.yaml", "watch", "backfill", "khabar_dag.py",
    }  # fmt: skip


def test_a_command_that_khabar_does_not_take_is_found() -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["watch", "--root", "/data", "--feeds", "f", "--for-ever"])


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace("/opt/khabar/bin/khabar", str(Path(sys.prefix, "bin", "khabar")))
        (tmp_path / unit.name).write_text(text)
    said = check("systemd-analyze", "verify", *sorted(tmp_path.iterdir()))
    assert [line for line in said.splitlines() if "khabar" in line] == []


def test_the_watch_unit_and_the_watch_agree() -> None:
    text = (DEPLOY / "systemd" / "khabar-watch.service").read_text()
    assert "Type=notify" in text
    assert "RestartPreventExitStatus=2 78" in text
    assert "SuccessExitStatus=143" in text


@pytest.mark.slow
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_kubernetes_takes_the_manifests(path: Path) -> None:
    assert "passed" in check(tool("kubernetes-validate"), "--strict", path)


@pytest.mark.slow
def test_kubernetes_schemas_refuse_a_wrong_key(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        (DEPLOY / "kubernetes" / "cronjob.yaml").read_text().replace("concurrencyPolicy", "concurrency")
    )
    done = subprocess.run([tool("kubernetes-validate"), "--strict", wrong], capture_output=True, check=False)
    assert done.returncode != 0


@pytest.mark.slow
def test_compose_takes_the_services() -> None:
    check(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


@pytest.mark.slow
def test_hadolint_takes_the_dockerfile() -> None:
    assert check(tool("hadolint"), DEPLOY / "Dockerfile") == ""


@pytest.mark.slow
def test_airflow_imports_the_dags(tmp_path: Path) -> None:
    if not AIRFLOW.exists():
        pytest.skip("Airflow is not installed: make deploy-tools")
    script = (
        "import sys; from airflow.dag_processing.dagbag import DagBag; bag = DagBag(sys.argv[1]);"
        "print('errors', bag.import_errors);"
        "print(*sorted(task.task_id for dag in bag.dags.values() for task in dag.tasks))"
    )
    said = check(AIRFLOW, "-c", script, DEPLOY / "airflow", AIRFLOW_HOME=str(tmp_path)).splitlines()
    assert "errors {}" in said
    assert "compact run verify" in said


def test_the_image_holds_what_the_package_needs() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    [extras] = re.findall(r"pip install '\.\[(.*?)\]'", text)
    known = re.findall(r'(?m)^    "(\w+)": \[', (REPOSITORY / "setup.py").read_text())
    assert set(extras.split(",")) <= set(known)
    copied = set(re.findall(r"(?m)^COPY (\w+)/ ", text))
    assert copied == {"config", "schemas", "transforms", "pipelines"}


def test_the_compose_stack_shares_one_root() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for name in ("watch", "backfill", "pool-1", "pool-2"):
        assert "data:/data" in services[name]["volumes"], name


def test_what_works_in_the_compose_stack_finds_its_store() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    makefile = (REPOSITORY / "Makefile").read_text()
    [version] = re.findall(r"versitygw/cmd/versitygw@(\S+)", makefile)
    assert services["store"]["image"] == f"ghcr.io/versity/versitygw:{version}"
    for name in ("watch", "backfill", "pool-1", "pool-2"):
        environment = services[name]["environment"]
        assert environment["AWS_ENDPOINT_URL"].endswith("http://store:7070}"), name
        assert (
            environment["AWS_SECRET_ACCESS_KEY"] == services["store"]["environment"]["ROOT_SECRET_ACCESS_KEY"]
        )


@pytest.mark.slow
@pytest.mark.engine
def test_the_compose_store_starts_healthy_with_its_bucket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["store"]
    [(_, mount)] = [volume.split(":") for volume in store["volumes"]]
    (tmp_path / mount.lstrip("/")).mkdir(parents=True)
    port = free_port()
    words = [
        word.replace(":7070", f"127.0.0.1:{port}").replace("/buckets", f"{tmp_path}/buckets")
        for word in store["command"]
    ]
    access = {"ROOT_ACCESS_KEY_ID": "khabar", "ROOT_SECRET_ACCESS_KEY": "secret"}
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    for name, value in access.items():
        monkeypatch.setenv(name.replace("ROOT_", "AWS_"), value)
    s3._store.cache_clear()
    with Server([program("versitygw"), *words], port, tmp_path / "store.log", **access):
        health = store["healthcheck"]["test"][1].rpartition("7070")[2]
        assert urllib.request.urlopen(f"http://127.0.0.1:{port}{health}", timeout=30).status == 200
        path = place(f"s3://{Path(mount).name}/ar") / "x"
        path.write_bytes(b"bytes")
        assert path.read_bytes() == b"bytes"
    s3._store.cache_clear()


def test_the_alerts_name_metrics_that_a_watch_has() -> None:
    pytest.importorskip("prometheus_client")
    from pipelines.watching.metrics import Metrics

    families = {family.name for family in Metrics("0", None).registry.collect()}
    text = (DEPLOY / "prometheus" / "khabar.rules.yml").read_text()
    named = {name.removesuffix("_total") for name in re.findall(r"\bkhabar_[a-z_]+", text)}
    assert named
    assert named <= families
