"""Give memory back between batches, so that an idle watch holds what it needs and no more."""

import ctypes
import ctypes.util
import gc
import sys
from functools import cache
from typing import Any

# Batches after Beam was imported until its caches are filled.
WARM_UP = 3


class Memory:
    """Collects what a batch left behind and returns it to the system.

    A pipeline is full of cycles, and Python looks at old ones only when they are many: 200 000 objects were
    alive at times where 175 000 were needed. Looking at all of them after every batch would take 60 ms, so
    what is there once everything is warm (modules, models, caches) is set aside and not looked at again.
    """

    def __init__(self) -> None:
        self._warm = 0

    def release(self) -> None:
        """Call it between batches."""
        gc.collect()
        self._warm += "apache_beam" in sys.modules
        if self._warm == WARM_UP:
            gc.freeze()
        if "pyarrow" in sys.modules:
            sys.modules["pyarrow"].default_memory_pool().release_unused()
        # A batch works in several threads, each with an arena of glibc's, and leaves holes in all of them:
        # 50 MB in use and 66 MB free but kept after 20 batches. musl and macOS have no such call.
        trim = getattr(_libc(), "malloc_trim", None)
        if trim is not None:
            trim(0)


@cache
def _libc() -> Any:
    return ctypes.CDLL(ctypes.util.find_library("c"))
