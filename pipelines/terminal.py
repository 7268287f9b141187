"""A run watched by a person at a terminal."""

import threading
import time

from rich.progress import TaskID

from pipelines.monitor import Monitor
from pipelines.polling import Polled
from pipelines.progress import live_lines
from transforms import pulse


class TerminalMonitor(Monitor):
    """A live line: feeds done of total, then entries read and articles finished with their rate."""

    def __init__(self) -> None:
        self.progress = live_lines()
        self.feeds: TaskID | None = None
        self._working = threading.Event()

    def __enter__(self) -> "TerminalMonitor":
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._working.clear()
        self.progress.stop()

    def polling(self, total: int) -> None:
        """Show a bar of ``total`` feeds."""
        self.feeds = self.progress.add_task("feeds", total=total, note="")

    def polled(self, polled: Polled) -> None:
        """Move the bar on."""
        assert self.feeds is not None
        self.progress.update(self.feeds, advance=1, note=polled.fetched.feed.id)

    def ingesting(self, documents: int, size: int) -> None:
        """Show a line that follows the counters of the graph until the commit."""
        task = self.progress.add_task(
            "entries", total=None, note=f"{documents} documents, {size / 1e6:.1f} MB"
        )
        self._working.set()
        threading.Thread(target=self._follow, args=(task,), daemon=True).start()

    def _follow(self, task: TaskID) -> None:
        since, before = time.monotonic(), pulse.BEATS["articles"]
        while self._working.is_set():
            made = pulse.BEATS["articles"] - before
            rate = made / max(time.monotonic() - since, 0.1)
            note = f"{made} new articles, {rate:.0f}/s"
            self.progress.update(task, completed=pulse.BEATS["entries"], note=note)
            time.sleep(0.2)

    def committed(self, files: int) -> None:
        """Stop following."""
        self._working.clear()
