"""A web server is a process that starts others; with the first of them dies the whole server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.installation import SERVE, SPLIT
from tests.journeys.processes import eventually
from tests.journeys.running_installation import make_sqlite_address, run_installation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("names", [SERVE, SPLIT], ids="-".join)
def test_a_server_whose_first_process_is_killed_leaves_nothing_in_the_way_of_the_next(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    server = names[0]
    with run_installation(make_sqlite_address(tmp_path), tmp_path, names=names) as opened:
        opened.save("Before.docx")
        opened.card("Before.docx")

        opened.product.processes.kill_alone(server)
        opened.product.start_one(server)

        eventually(lambda: not opened.product.processes.orphans())
        eventually(opened.product.has_come_up)
        opened.save("Afterwards.docx")
        opened.card("Afterwards.docx")
        assert len(opened.cards("Before.docx")) == 1
