"""Who watches a run: nobody, or a log; ``pipelines.terminal`` is for people."""

from pipelines.logs import log
from pipelines.polling import Polled


class Monitor:
    """What a run tells whoever watches it; the default says nothing."""

    def polling(self, total: int) -> None:
        """``total`` feeds are about to be polled."""

    def polled(self, polled: Polled) -> None:
        """One feed is done."""

    def ingesting(self, documents: int, size: int) -> None:
        """A batch of documents (bytes in all) goes through the graph."""

    def committed(self, files: int) -> None:
        """The batch is committed and published."""


class LogMonitor(Monitor):
    """One log line per feed and batch."""

    def polled(self, polled: Polled) -> None:
        """Log how one feed answered."""
        fetched = polled.fetched
        fields = {
            "source_id": fetched.feed.id,
            "http_status": fetched.http_status,
            "duration_ms": fetched.duration_ms,
            "documents": len(polled.documents),
            "error_class": fetched.error_class,
        }
        if fetched.error_class:
            log.warning("feed_failed", extra=fields | {"error": fetched.error})
        else:
            log.info("feed_polled", extra=fields)

    def ingesting(self, documents: int, size: int) -> None:
        """Log what goes through the graph."""
        log.info("batch_started", extra={"documents": documents, "bytes": size})

    def committed(self, files: int) -> None:
        """Log the commit."""
        log.info("batch_committed", extra={"files": files})
