"""How far this process is: counters that a progress display reads while the local runner works.

Beam's metrics can be read only after a run. In this process a plain counter is enough; on an engine it
counts in the workers, where nobody looks, and costs nothing.
"""

from collections import Counter

BEATS: Counter[str] = Counter()
