"""Files are written all or not at all."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from runtime.setup.written_files import NewFile, NotWritten, write_files

if TYPE_CHECKING:
    from pathlib import Path


def list_names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_failure_at_the_second_file_leaves_the_first_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("before")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder/../folder")
    files = [NewFile(path=tmp_path / name, text="after") for name in ("old", "new", "link")]

    with pytest.raises(NotWritten):
        write_files(files)

    assert list_names(tmp_path) == ["folder", "link", "old"]
    assert (tmp_path / "old").read_text() == "before"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match=r"no/such can't be written \(No such file or directory\)"):
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


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/env").write_text("before")
    (tmp_path / "env").symlink_to("real/env")

    write_files([NewFile(path=tmp_path / "env", text="after", private=True)])

    assert (tmp_path / "env").is_symlink()
    assert (tmp_path / "real/env").read_text() == "after"
    assert list_names(tmp_path / "real") == ["env"]


def _read_umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
