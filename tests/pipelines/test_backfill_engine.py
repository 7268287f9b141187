"""``khabar backfill`` on an engine: the local runner's rows, whoever is killed."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archives import write
from tests.engines import Prism
from tests.newsroom import REPOSITORY, Newsroom
from tests.pipelines.test_backfill import backfill, command, story

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.timeout(400)]
ARCHIVES, STORIES = 3, 40


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Prism]:
    prism = Prism(tmp_path)
    yield prism
    prism.stop()


def rows(newsroom: Newsroom) -> Counter[tuple[object, ...]]:
    columns = ("article_id", "content_hash", "version", "source_id", "title", "text", "language", "extra")
    return Counter(tuple(row[name] for name in columns) for row in newsroom.rows())


def test_web_archives_on_an_engine_survive_a_killed_pool(newsroom: Newsroom, engine: Prism) -> None:
    for n in range(ARCHIVES):
        stories = (story(STORIES * n + k) for k in range(STORIES))
        write(newsroom.folder / "crawl" / f"{n}.warc.gz", *stories)
    words = command(newsroom, "--batch-size", "20000", *engine.words)
    process = subprocess.Popen([sys.executable, "-m", "pipelines.cli", *words], cwd=REPOSITORY)
    try:
        while process.poll() is None and not newsroom.rows():
            time.sleep(0.2)
        engine.pool.kill()
        time.sleep(1)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    engine.restart_runner()
    engine.start_pool()
    done = subprocess.run([sys.executable, "-m", "pipelines.cli", *words], cwd=REPOSITORY, check=False)
    assert done.returncode == 0
    twin = Newsroom(newsroom.folder, newsroom.origin)
    found = rows(newsroom)
    newsroom.root.rename(newsroom.folder / "of-the-engine")
    assert backfill(twin)["new"] == ARCHIVES * STORIES
    assert found == rows(twin)
    assert set(found.values()) == {1}
