"""What a worker says of its sweeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from demo import COMPLIANCE
from tests.journeys.processes import eventually

if TYPE_CHECKING:
    from tests.journeys.installation import Installation


def wait_for_sweep(place: Installation) -> dict[str, Any]:
    """Wait until a worker has swept the watched folder, and return what it said of that."""

    def read_sweep() -> dict[str, Any] | None:
        lines = [json.loads(line) for line in place.output().splitlines() if "folder_swept" in line]
        return next((line for line in lines if line["folder"] == str(COMPLIANCE)), None)

    sweep: dict[str, Any] = eventually(read_sweep)
    return sweep
