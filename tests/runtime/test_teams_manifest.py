"""The app package that an administrator of Teams uploads, held against Microsoft's own schema."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft4Validator

from runtime.cli import cli
from tests.runtime.command import CommandResult, run_command

SCHEMA = Path(__file__).parents[1] / "edge/schemas/MicrosoftTeams-1.29.schema.json"
APP_ID = "8f3f1a52-6a57-4f0e-9a53-0d6c1c1f5b11"
SETTINGS = {"PUBLIC_URL": "https://reviews.example.com:8443/", "TEAMS_APP_ID": APP_ID}


def complaints(manifest: Any) -> list[str]:
    schema = json.loads(SCHEMA.read_text())
    return [error.message for error in Draft4Validator(schema).iter_errors(manifest)]


def written(output: Path, *more: str, **settings: str) -> CommandResult:
    """Run the command with settings that are right but for those that are given."""
    return run_command(["teams", "manifest", "--output", str(output), *more], cli, **{**SETTINGS, **settings})


@pytest.fixture
def package(tmp_path: Path) -> zipfile.ZipFile:
    output = tmp_path / "app.zip"
    done = written(output)
    assert (done.code, done.err) == (0, "")
    return zipfile.ZipFile(output)


@pytest.fixture
def manifest(package: zipfile.ZipFile) -> Any:
    return json.loads(package.read("manifest.json"))


def size_and_colours(image: bytes) -> tuple[int, int, int]:
    """Return width, height and the colour type of a PNG: 2 without, 6 with transparency."""
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, _, colours = struct.unpack(">IIBB", image[16:26])
    return width, height, colours


def test_the_manifest_is_what_microsoft_takes(manifest: Any) -> None:
    assert complaints(manifest) == []


def test_the_schema_refuses_what_microsoft_does_not_take(manifest: Any) -> None:
    del manifest["bots"][0]["botId"]
    manifest["bots"][0]["commandLists"][0]["triggers"] = ["bang"]

    assert len(complaints(manifest)) == 2


def test_the_manifest_tells_of_this_bot_at_this_address(manifest: Any) -> None:
    [bot] = manifest["bots"]

    assert (manifest["id"], bot["botId"]) == (APP_ID, APP_ID)
    assert manifest["validDomains"] == ["reviews.example.com"]
    assert set(bot["scopes"]) == {"team", "groupChat", "personal"}


def test_the_commands_are_offered_by_mention_and_as_slash_commands_where_others_read(manifest: Any) -> None:
    [bot] = manifest["bots"]
    shared, personal = bot["commandLists"]

    assert bot["supportsTargetedMessages"] is True
    assert (set(shared["scopes"]), set(shared["triggers"])) == ({"team", "groupChat"}, {"mention", "slash"})
    assert (personal["scopes"], personal["triggers"]) == (["personal"], ["mention"])
    verbs = {command["title"] for command in shared["commands"]}
    assert verbs == {
        "recent",
        "pending",
        "overdue",
        "mine",
        "stats",
        "show",
        "changes",
        "receipt",
        "web",
        "help",
    }


def test_the_package_holds_the_manifest_and_two_icons_and_nothing_else(package: zipfile.ZipFile) -> None:
    assert package.namelist() == ["manifest.json", "color.png", "outline.png"]
    assert size_and_colours(package.read("color.png"))[:2] == (192, 192)
    assert size_and_colours(package.read("outline.png")) == (32, 32, 6)


def test_the_same_settings_make_the_same_bytes(tmp_path: Path) -> None:
    packages = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for output in packages:
        written(output)

    assert packages[0].read_bytes() == packages[1].read_bytes()


def test_an_app_that_takes_the_place_of_another_has_a_version_of_its_own(tmp_path: Path) -> None:
    output = tmp_path / "app.zip"
    done = written(output, "--app-version", "1.4.2")

    assert done.code == 0
    assert json.loads(zipfile.ZipFile(output).read("manifest.json"))["version"] == "1.4.2"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", ""),
        ("PUBLIC_URL", "http://reviews.example.com"),
        ("TEAMS_APP_ID", ""),
        ("TEAMS_APP_ID", "my bot"),
    ],
)
def test_a_setting_that_teams_could_not_use_is_named_in_one_line(
    name: str, value: str, tmp_path: Path
) -> None:
    output = tmp_path / "app.zip"
    done = written(output, **{name: value})

    assert done.code == 2
    assert done.err.startswith(f"docspace-review: {name}")
    assert done.err.count("\n") == 1
    assert not output.exists()


@pytest.mark.parametrize("version", ["1", "1.0", "1.0.0-beta", "01.0.0", "1.0.0\n", "one"])
def test_a_version_that_teams_would_not_take_is_refused(version: str, tmp_path: Path) -> None:
    output = tmp_path / "app.zip"
    done = written(output, "--app-version", version)

    assert (done.code, output.exists()) == (2, False)


def test_a_package_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    done = written(tmp_path / "none" / "app.zip")

    assert done.code == 2
    assert done.err.count("\n") == 1
