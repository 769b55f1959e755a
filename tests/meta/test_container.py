"""The image holds what the program needs, and nothing that only developers need."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
BESIDE = {"LICENSE", "Procfile", "README.md", "pyproject.toml", "requirements.txt"}


def test_the_image_gets_every_folder_of_the_program_and_no_other() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found = project["tool"]["setuptools"]["packages"]["find"]["include"]
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)

    assert set(let_in) == {name.removesuffix("*") for name in found} | BESIDE


def test_the_image_runs_as_nobody_in_particular_and_keeps_its_data_in_a_volume() -> None:
    last = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]

    assert re.search(r"^USER \d+$", last, re.MULTILINE)
    assert re.search(r"^VOLUME /data$", last, re.MULTILINE)
    assert "DATABASE_URL=sqlite:////data/" in last
    assert "/healthz" in last
    assert "pip install" not in last
