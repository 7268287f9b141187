"""A khabar whose ledger takes longer to say where the feeds stand than a short tick lasts.

``python -m tests.slow_ledger WORDS`` is its command line.
"""

import sys
import time

from pipelines import cli
from pipelines.ledger import Ledger

TICK, ANSWER_SECONDS = "0.5s", 0.7


def apply() -> None:
    """Make this process one with a slow ledger."""
    answer = Ledger.feed_states

    def feed_states(self: Ledger) -> dict[str, str]:
        time.sleep(ANSWER_SECONDS)
        return answer(self)

    Ledger.feed_states = feed_states  # type: ignore[method-assign]


if __name__ == "__main__":
    apply()
    sys.exit(cli.main())
