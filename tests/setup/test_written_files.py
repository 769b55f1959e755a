"""Files are written all or not at all."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runtime.setup.written_files import DRAFT_ENDING, NewFile, NotWritten, write_files
from tests.meta.pages_of_docs import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def list_names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_failure_at_the_second_file_leaves_the_first_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("before")
    (tmp_path / "folder").mkdir()
    files = [NewFile(path=tmp_path / name, text="after") for name in ("old", "new", "folder")]

    with pytest.raises(NotWritten):
        write_files(files)

    assert list_names(tmp_path) == ["folder", "old"]
    assert (tmp_path / "old").read_text() == "before"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match=r"no can't be written \(No such file or directory\)"):
        write_files([NewFile(path=tmp_path / "a", text="1"), NewFile(path=tmp_path / "no/such", text="2")])

    assert list_names(tmp_path) == []


def test_a_private_file_is_its_owners_alone_and_others_keep_their_mode(tmp_path: Path) -> None:
    for name in ("private", "shared"):
        (tmp_path / name).write_text("before")
        (tmp_path / name).chmod(0o640)

    write_files(
        [
            NewFile(path=tmp_path / "private", text="after", private=True),
            NewFile(path=tmp_path / "shared", text="after"),
        ]
    )

    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in list_names(tmp_path)}
    assert modes == {"private": 0o600, "shared": 0o640 & ~_read_umask()}


def test_a_full_disk_leaves_no_part_of_a_secret(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from runtime.setup.written_files import *; "
        "write_files([NewFile(path=Path(sys.argv[1]), text='secret' * 100, private=True)])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / ".env")],
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
        capture_output=True,
        text=True,
        check=False,
    )

    assert "can't be written (File too large); nothing was changed" in done.stderr
    assert list_names(tmp_path) == []


def test_what_a_killed_process_has_left_is_removed_and_ignored_by_git(tmp_path: Path) -> None:
    left = f".env.{'0a' * 8}{DRAFT_ENDING}"
    for name in (left, ".env.mine.env", ".env.example"):
        (tmp_path / name).write_text("before")

    write_files([NewFile(path=tmp_path / ".env", text="after")])

    assert list_names(tmp_path) == [".env", ".env.example", ".env.mine.env"]
    assert f"*{DRAFT_ENDING}" in (ROOT / ".gitignore").read_text().splitlines()


def test_nothing_is_written_through_a_link_or_where_others_may_put_one(tmp_path: Path) -> None:
    (tmp_path / "env").symlink_to("place")
    with pytest.raises(NotWritten, match="env is a link"):
        write_files([NewFile(path=tmp_path / "env", text="after", private=True)])
    tmp_path.chmod(0o1777)
    with pytest.raises(NotWritten, match="others may write the folder"):
        write_files([NewFile(path=tmp_path / "other", text="after", private=True)])

    assert list_names(tmp_path) == ["env"]


def _read_umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
