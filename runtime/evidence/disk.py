"""Files that outlast a power failure."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def sync_to_disk(path: Path) -> None:
    """Return when a file, or the names in a folder, are on the disk; raise `OSError` if they can't be."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
