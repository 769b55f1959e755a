"""The image holds what the program needs, and nothing that only developers need."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
BESIDE = {"LICENSE", "Procfile", "README.md", "pyproject.toml", "requirements.txt"}


def test_the_image_gets_every_folder_of_the_program_and_no_other() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)

    assert set(let_in) == {name.removesuffix("*") for name in packages} | BESIDE


def test_the_image_runs_without_privileges_and_keeps_its_data_in_a_volume() -> None:
    last = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]

    assert re.search(r"^USER \d+$", last, re.MULTILINE)
    assert re.search(r"^VOLUME /data$", last, re.MULTILINE)
    assert "DATABASE_URL=sqlite:////data/" in last
    assert "/healthz" in last
    assert "pip install" not in last


def test_each_stage_begins_with_the_same_image_pinned_by_its_digest() -> None:
    base_images = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert len(base_images) == 2
    assert len(set(base_images)) == 1
    assert re.fullmatch(r"python:3\.13-slim@sha256:[0-9a-f]{64}", base_images[0])


def test_updates_of_the_pinned_image_are_proposed() -> None:
    asked = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]

    asked_of_the_root = [each["package-ecosystem"] for each in asked if each["directory"] == "/"]
    assert asked_of_the_root == ["docker", "docker-compose"]
