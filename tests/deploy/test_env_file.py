"""`.env.example` is made of the settings, and can be used as it is."""

from __future__ import annotations

import io
import re
import subprocess
from typing import TYPE_CHECKING

import dotenv

from runtime.settings import settings
from runtime.settings.settings import NAMES, parse_settings
from tests.deploy.env_file_maker import EXAMPLE_FILE, GROUPS, MEMBERS, NEEDED, SET_BY_PLATFORMS, build_example

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

DECIDED_LATER = {"sweep_minutes", "trusted_proxies", "log_format", "routes_file", "notify"}
"""Settings without a default of their own: the code decides by others, as docs/settings.md says."""


def read_values(text: str) -> dict[str, str]:
    return {name: value or "" for name, value in dotenv.dotenv_values(stream=io.StringIO(text)).items()}


def strip_comments(text: str) -> str:
    """Return the file with each default in force."""
    return re.sub(r"^#(?=[A-Z])", "", text, flags=re.MULTILINE)


def set_all(monkeypatch: pytest.MonkeyPatch, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_the_file_is_what_the_settings_and_their_page_make_of_it() -> None:
    assert EXAMPLE_FILE.read_text() == build_example(), "run: .venv/bin/python -m tests.deploy.env_file_maker"


def test_each_setting_stands_in_one_group_or_is_set_by_a_platform() -> None:
    named = [name for names in GROUPS.values() for name in names]

    assert sorted([*named, *SET_BY_PLATFORMS]) == sorted(NAMES)
    assert set(read_values(strip_comments(EXAMPLE_FILE.read_text()))) - {"POSTGRES_PASSWORD"} == {
        MEMBERS.get(name, name.upper()) for name in named
    }


def test_only_what_has_to_be_set_is_in_force_and_nothing_has_a_value() -> None:
    values = read_values(EXAMPLE_FILE.read_text())

    assert set(values) == NEEDED | {"POSTGRES_PASSWORD"}
    assert set(values.values()) == {""}


def test_the_settings_of_the_file_as_it_is_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = settings.load()
    set_all(monkeypatch, read_values(EXAMPLE_FILE.read_text()))

    assert settings.load() == usual


def test_each_default_of_the_file_is_that_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, read_values(strip_comments(EXAMPLE_FILE.read_text())))

    shown, usual = settings.load(), parse_settings({})

    different = {name for name in NAMES if getattr(shown, name) != getattr(usual, name)}
    assert different == DECIDED_LATER | set(MEMBERS)
    assert (shown.sweep_interval, shown.proxies) == (usual.sweep_interval, usual.proxies)


def test_a_shell_reads_the_file_as_the_program_does() -> None:
    """Compose reads it too, and systemd: a value that needs quotes would mean something else to each."""
    text = strip_comments(EXAMPLE_FILE.read_text())
    script = f"set -eu\n{text}\nset"

    done = subprocess.run(["/bin/sh", "-c", script], env={}, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert not [value for value in read_values(text).values() if re.search(r"[\s$#'\"\\]", value)]
