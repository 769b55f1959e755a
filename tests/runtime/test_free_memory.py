"""Memory that a worker has freed goes back to the system."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from tests.meta.pages_of_docs import ROOT

HAS_TRIM = hasattr(ctypes.CDLL(None), "malloc_trim")
# The last block stays in use, so that all the others are free and not at the end of the heap.
FREED = """
import ctypes
from pathlib import Path
from runtime.worker.free_memory import return_free_memory

def read_megabytes():
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if "RssAnon" in each)
    return int(line.split()[1]) / 1024

library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
library.free.argtypes = [ctypes.c_void_p]
blocks = [library.malloc(4000) for _ in range(10_000)]
for block in blocks:
    ctypes.memset(block, 1, 4000)
for block in blocks[:-1]:
    library.free(block)
before = read_megabytes()
return_free_memory()
print(before - read_megabytes())
"""


@pytest.mark.skipif(not HAS_TRIM, reason="the C library has no malloc_trim")
def test_free_memory_between_used_memory_goes_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", FREED], cwd=ROOT, capture_output=True, text=True, check=True)

    assert float(done.stdout) > 30  # of 40 megabytes
