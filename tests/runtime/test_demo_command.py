"""The commands that the demo prints can be pasted into a shell."""

from __future__ import annotations

import pytest

from runtime.commands.processes.demo import name_command


@pytest.mark.parametrize(
    ("started_as", "named"),
    [
        ("docspace-review", "docspace-review"),
        ("/opt/our tools/docspace-review", "'/opt/our tools/docspace-review'"),
        ("/opt/app/runtime/__main__.py", "'/opt/a python/bin/python' -m runtime"),
    ],
)
def test_the_program_is_named_as_a_shell_starts_it(started_as: str, named: str) -> None:
    assert name_command(started_as, "/opt/a python/bin/python") == named
