"""The ports of the installations that tests start, several at a time and in several processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.journeys.installation import PORTS, free_port

ROOT = Path(__file__).parents[2]
OFTEN = 1_000_000
IN_ANOTHER_PROCESS = """
import sys
from tests.journeys.installation import PORTS, free_port
print(free_port(ports=[int(sys.argv[1])] * int(sys.argv[2]) + [*PORTS]))
"""


def test_a_port_that_no_program_listens_on_yet_is_not_given_to_another_test() -> None:
    port = free_port()

    beside = free_port(ports=[port] * OFTEN + [*PORTS])
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(port), str(OFTEN)]
    elsewhere = int(subprocess.check_output(command, cwd=ROOT, text=True))

    assert len({port, beside, elsewhere}) == 3
