"""Compose takes `compose.yaml`; its processes are those of the Procfile, with few rights."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from runtime.worker.shutdown import SHUTDOWN_SECONDS
from tests.deploy.tools import run_tool
from tests.meta.pages_of_docs import ROOT

if TYPE_CHECKING:
    from pathlib import Path

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {"migrate", "web", "worker"}


def configure(folder: Path, *, environment: str) -> Any:
    """Return what Compose makes of the file, or the end of what it says against it."""
    for name in ("compose.yaml", "Dockerfile", ".env.example"):
        (folder / name).write_text((ROOT / name).read_text())
    (folder / "routes.toml").touch()
    (folder / ".env").write_text(environment)
    done = run_tool("docker-compose", "config", "--format", "json", folder=folder)
    if done is None:
        pytest.skip("docker-compose is not installed: the tests below hold what they can without it")
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def test_compose_takes_the_file_with_the_example_of_the_settings(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text()
    environment = example.replace("POSTGRES_PASSWORD=", "POSTGRES_PASSWORD='p$w @/x'")

    configured = configure(tmp_path, environment=environment)

    assert set(configured["services"]) == {*OURS, "postgres"}
    for name in OURS:
        assert configured["services"][name]["environment"]["PGPASSWORD"] == "p$$w @/x"
        assert configured["services"][name]["environment"]["PORT"] == "3000"
    assert configured["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"] == "p$$w @/x"


def test_without_a_password_compose_says_which_line_is_missing(tmp_path: Path) -> None:
    refusal = configure(tmp_path, environment=(ROOT / ".env.example").read_text())

    assert "POSTGRES_PASSWORD" in refusal
    assert "set it in .env" in refusal


def test_each_process_runs_its_line_of_the_procfile() -> None:
    lines = dict(re.findall(r"^(\w+): (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE))
    module = "python -m runtime "

    assert SERVICES["web"]["command"] == ["sh", "-c", lines["web"].replace("$", "$$")]
    assert SERVICES["worker"]["command"] == [
        "docspace-review",
        lines["worker"].removeprefix(f"exec {module}"),
    ]
    assert SERVICES["migrate"]["command"] == ["docspace-review", lines["release"].removeprefix(module)]


def test_the_migration_ends_before_web_and_worker_start() -> None:
    for name in ("web", "worker"):
        assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_process_may_write_nothing_but_scratch_and_gets_time_to_stop(name: str) -> None:
    service = SERVICES[name]

    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp", "/data"]  # noqa: S108 - of the container
    [routes] = service["volumes"]
    assert routes["read_only"] is True
    assert int(service["stop_grace_period"].removesuffix("s")) > SHUTDOWN_SECONDS


def test_the_web_is_reached_from_this_machine_alone_and_the_database_from_none() -> None:
    assert {name: each["ports"] for name, each in SERVICES.items() if "ports" in each} == {
        "web": ["127.0.0.1:3000:3000"]
    }
    assert SERVICES["postgres"]["networks"] == ["database"]
    assert COMPOSE["networks"]["database"] == {"internal": True}


def test_images_are_of_this_version_or_pinned_by_their_digest() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert {SERVICES[name]["image"] for name in OURS} == {f"docspace-review:{version}"}
    assert re.fullmatch(r"postgres:\d+@sha256:[0-9a-f]{64}", SERVICES["postgres"]["image"])
