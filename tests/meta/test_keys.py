"""No page hands out a SECRET_KEY: what stands there is refused, beside the command that makes one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from runtime.settings import settings
from runtime.settings.setting_kinds import MAKES_KEY
from runtime.settings.settings import UnusableSettings
from tests.meta.pages_of_docs import READERS, ROOT

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = MAKES_KEY.removesuffix(" prints a good one")
SECRET_KEY_LINE = re.compile(r"\bSECRET_KEY\s*[=:]\s*(.*)")
PAGES = [page for page in READERS if SECRET_KEY_LINE.search(page.read_text())]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_key_of_a_page_is_taken(page: Path) -> None:
    text = page.read_text()

    for written in SECRET_KEY_LINE.findall(text):
        value = written.strip().strip("\"'")
        if value != f"$({COMMAND})":
            with pytest.raises(UnusableSettings, match=r"^SECRET_KEY: "):
                settings.load({"secret_key": value})
    assert COMMAND in text


def test_pages_with_a_key_are_found() -> None:
    assert {page.name for page in PAGES} >= {"setup.md", "deploy.md"}


def test_heroku_makes_a_key_and_gives_none() -> None:
    asked = json.loads((ROOT / "app.json").read_text())["env"]["SECRET_KEY"]

    assert (asked["generator"], asked.get("value")) == ("secret", None)
