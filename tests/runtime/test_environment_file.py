"""The file `.env` of the working folder: what it sets, and what takes precedence over it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys import commands
from tests.journeys.installation import COMMAND_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

ROUTE = '[[route]]\nname = "a"\nwatch = ["1"]\nowners = ["o@example.com"]\nnotify = ["console"]'
ROUTES = f"'{ROUTE}'"


class Folder:
    """A folder with settings in its file, and in the environment of a shell there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *arguments: str, text: str, mode: int = 0o600, **environment: str) -> Any:
        (self.path / ".env").write_text(text)
        (self.path / ".env").chmod(mode)
        shell = {"PATH": os.defpath, "HOME": str(self.path), **environment}
        command = ["docspace-review", *arguments]
        return commands.run(command, folder=self.path, environment=shell, within=COMMAND_SECONDS)

    def find_address(self, **content: Any) -> str:
        """Return the address of the manifest, which is PUBLIC_URL."""
        done = self.run("slack", "manifest", **content)
        assert done.returncode == 0, done.stderr
        address: str = json.loads(done.stdout)["settings"]["interactivity"]["request_url"]
        return address.removesuffix("/slack/events")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_its_settings_are_those_of_the_command(folder: Folder) -> None:
    assert (
        folder.find_address(text=f"PUBLIC_URL=https://file.example\nROUTES={ROUTES}\n")
        == "https://file.example"
    )


def test_the_environment_takes_precedence_in_each_form_of_a_name(folder: Folder) -> None:
    text = f"PUBLIC_URL=https://file.example\nROUTES={ROUTES}\n"
    (folder.path / "address").write_text("https://other.example")

    assert folder.find_address(text=text, PUBLIC_URL="https://shell.example") == "https://shell.example"
    assert folder.find_address(text=text, public_url="https://shell.example") == "https://shell.example"
    assert folder.find_address(text=text, PUBLIC_URL_FILE="address") == "https://other.example"


def test_a_dollar_is_a_dollar(folder: Folder) -> None:
    text = f"PUBLIC_URL=https://file.example\nROUTES={ROUTES}\nSLACK_COMMAND='/a${{HOME}}'\n"

    done = folder.run("slack", "manifest", text=text.replace("HOME", "home"))

    assert json.loads(done.stdout)["features"]["slash_commands"][0]["command"] == "/a${home}"


def test_a_line_that_is_none_stops_what_needs_settings_and_nothing_else(folder: Folder) -> None:
    broken = folder.run("doctor", text="# ours\nPORT 3000 s3cr3t\n")
    version = folder.run("--version", text="# ours\nPORT 3000\n")

    assert broken.returncode == 1
    assert ".env: line 2 is no setting: write NAME='value'" in broken.stdout
    assert "s3cr3t" not in broken.stdout + broken.stderr
    assert (version.returncode, version.stderr) == (0, "")


@pytest.mark.parametrize(
    ("mode", "finding"),
    [(0o600, "  ok       Settings: from the environment, then from "), (0o644, "  warning  Settings: ")],
)
def test_the_doctor_names_the_file_and_whether_others_read_it(
    folder: Folder, mode: int, finding: str
) -> None:
    done = folder.run("doctor", text=f"ROUTES={ROUTES}\n", mode=mode)

    [line] = [line for line in done.stdout.splitlines() if line.startswith(finding)]
    assert str(folder.path / ".env") in line
    assert ("chmod 600" in line) is (mode == 0o644)
