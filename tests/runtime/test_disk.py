"""Where a SQLite file must not stand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtime.settings.disk import explain_unsuitable_disk

if TYPE_CHECKING:
    from collections.abc import Callable

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /srv/shared nfs4 rw 0 0
//files/team /mnt/team\\040files cifs rw 0 0
//files/odd /mnt/back\\134slash cifs rw 0 0
tmpfs /srv/shared/local tmpfs rw 0 0
/dev/sdb1 /srv/covered ext4 rw 0 0
server:/over /srv/covered nfs4 rw 0 0
nonsense
"""


def own_machine(_name: str) -> str:
    return ""


def on_platform(name: str) -> Callable[[str], str]:
    return lambda asked: "set" if asked == name else ""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    file = tmp_path / "mounts"
    file.write_text(MOUNTS)
    return file


@pytest.mark.parametrize(
    "file",
    [
        "/srv/shared/review.db",
        "/srv/shared/deep/er.db",
        "/mnt/team files/a.db",
        "/srv/covered/a.db",
        "/mnt/back\\slash/a.db",
    ],
)
def test_a_network_file_system_is_refused_with_the_reason(mounts: Path, file: str) -> None:
    assert "network file system" in (
        explain_unsuitable_disk(Path(file), setting=own_machine, mounts=mounts) or ""
    )


@pytest.mark.parametrize("name", ["folder/review.db", "review.db"])
def test_a_link_to_a_network_file_system_is_followed(tmp_path: Path, name: str) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (tmp_path / "folder").symlink_to(share)
    (tmp_path / "review.db").symlink_to(share / "review.db")
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/export {share} nfs4 rw 0 0\n")

    assert "network file system" in (
        explain_unsuitable_disk(tmp_path / name, setting=own_machine, mounts=mounts) or ""
    )


def test_a_link_that_leads_nowhere_is_trusted(tmp_path: Path, mounts: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    assert (
        explain_unsuitable_disk(tmp_path / "loop" / "review.db", setting=own_machine, mounts=mounts) is None
    )


@pytest.mark.parametrize(
    "file", ["/var/lib/review.db", "/srv/shared/local/review.db", "/srv/sharedness/a.db"]
)
def test_a_local_disk_is_taken(mounts: Path, file: str) -> None:
    assert explain_unsuitable_disk(Path(file), setting=own_machine, mounts=mounts) is None


def test_a_system_that_does_not_say_is_trusted(tmp_path: Path) -> None:
    assert (
        explain_unsuitable_disk(Path("/var/lib/review.db"), setting=own_machine, mounts=tmp_path / "missing")
        is None
    )


@pytest.mark.parametrize("name", ["DYNO", "K_SERVICE", "VCAP_APPLICATION"])
def test_a_platform_whose_disk_is_lost_at_every_restart_is_refused(mounts: Path, name: str) -> None:
    explanation = explain_unsuitable_disk(Path("/app/a.db"), setting=on_platform(name), mounts=mounts) or ""

    assert "lost at every restart" in explanation
    assert "add a PostgreSQL" in explanation


@pytest.mark.parametrize("name", ["FLY_APP_NAME", "RAILWAY_PROJECT_ID", "RENDER"])
def test_a_platform_that_lends_volumes_is_refused_where_the_file_is_on_none(mounts: Path, name: str) -> None:
    def refused(file: str) -> str:
        return explain_unsuitable_disk(Path(file), setting=on_platform(name), mounts=mounts) or ""

    assert "on a volume that you add" in refused("/app/a.db")
    assert refused("/srv/shared/local/a.db") == ""
