"""Where a SQLite file must not stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.disk import why_not

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /srv/shared nfs4 rw 0 0
//files/team /mnt/team\\040files cifs rw 0 0
tmpfs /srv/shared/local tmpfs rw 0 0
nonsense
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    file = tmp_path / "mounts"
    file.write_text(MOUNTS)
    return file


@pytest.mark.parametrize("file", ["/srv/shared/review.db", "/srv/shared/deep/er.db", "/mnt/team files/a.db"])
def test_a_network_file_system_is_refused_with_the_reason(mounts: Path, file: str) -> None:
    assert "network file system" in (why_not(Path(file), ephemeral=False, mounts=mounts) or "")


@pytest.mark.parametrize(
    "file", ["/var/lib/review.db", "/srv/shared/local/review.db", "/srv/sharedness/a.db"]
)
def test_a_local_disk_is_taken(mounts: Path, file: str) -> None:
    assert why_not(Path(file), ephemeral=False, mounts=mounts) is None


def test_a_system_that_does_not_say_is_trusted(tmp_path: Path) -> None:
    assert why_not(Path("/var/lib/review.db"), ephemeral=False, mounts=tmp_path / "missing") is None


def test_a_disk_that_is_lost_at_every_restart_is_refused(mounts: Path) -> None:
    assert "lost at every restart" in (why_not(Path("/app/a.db"), ephemeral=True, mounts=mounts) or "")
