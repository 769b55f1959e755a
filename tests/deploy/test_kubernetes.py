"""Kustomize builds the Kubernetes files, Kubernetes' schemas take them, and the pods have few rights."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest
import yaml

from runtime.worker.shutdown import SHUTDOWN_SECONDS
from tests.deploy.tools import run_tool
from tests.meta.pages_of_docs import ROOT, blocks_of

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ROOT / "deploy/kubernetes"
VERSIONS = ("1.30", "1.37")
KUSTOMIZATION = "kustomization.yaml"
SECRET = {"secretRef": {"name": "docspace-review"}}


def read(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text()))


def list_objects() -> list[dict[str, Any]]:
    files = [path for path in sorted((FOLDER / "base").glob("*.yaml")) if path.name != KUSTOMIZATION]
    return [each for path in files for each in read(path)]


DEPLOYMENTS = [each for each in list_objects() if each["kind"] == "Deployment"]


def build(folder: Path) -> list[dict[str, Any]]:
    done = run_tool("kustomize", "build", ".", folder=folder)
    if done is None:
        pytest.skip("kustomize is not installed: the other tests hold what they can without it")
    assert (done.returncode, done.stderr) == (0, "")
    return list(yaml.safe_load_all(done.stdout))


def name_all(objects: list[dict[str, Any]]) -> set[str]:
    return {f"{each['kind']}/{each['metadata']['name']}" for each in objects}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "each", list_objects(), ids=lambda each: f"{each['kind']}-{each['metadata']['name']}"
)
def test_the_schemas_of_kubernetes_take_each_object(each: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(each, version, strict=True)


def test_a_member_that_kubernetes_does_not_know_is_found() -> None:
    [deployment, *_] = DEPLOYMENTS
    changed = {**deployment, "spec": {**deployment["spec"], "replica": 1}}

    with pytest.raises(kubernetes_validate.ValidationError, match="replica"):
        kubernetes_validate.validate(changed, VERSIONS[-1], strict=True)


def test_kustomize_builds_the_base_and_the_worker_alone() -> None:
    base, alone = build(FOLDER / "base"), build(FOLDER / "behind-a-firewall")

    assert name_all(base) == name_all(list_objects())
    assert name_all(alone) == {
        "ServiceAccount/docspace-review",
        "Deployment/docspace-review-worker",
        "NetworkPolicy/docspace-review-worker",
    }
    for each in (*base, *alone):
        kubernetes_validate.validate(each, VERSIONS[-1], strict=True)


def test_kustomize_builds_the_overlay_of_the_docs(tmp_path: Path) -> None:
    [block] = [
        each for each in blocks_of(ROOT / "docs/deploy.md") if each.text.startswith("# kustomization.yaml")
    ]
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    (overlay / "routes.toml").write_text('[[route]]\nname = "compliance"\n')
    # Kustomize takes folders beside the overlay, as a checkout has them.
    (tmp_path / "docspace-review").symlink_to(ROOT)
    (overlay / KUSTOMIZATION).write_text(block.text)

    built = build(overlay)

    [routes] = [each for each in built if each["kind"] == "ConfigMap"]
    deployments = [each for each in built if each["kind"] == "Deployment"]
    assert len(deployments) == len(DEPLOYMENTS)
    for each in deployments:
        pod = each["spec"]["template"]["spec"]
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        assert volumes["routes"]["configMap"]["name"] == routes["metadata"]["name"]
        images = {container["image"] for container in (*pod["containers"], *pod["initContainers"])}
        assert images == {"registry.example.com/docspace-review:0.4.0"}


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each["metadata"]["name"])
def test_no_pod_may_more_than_the_restricted_standard_allows(deployment: dict[str, Any]) -> None:
    """Pod Security Standards, *Restricted*; and nothing of the image may be written."""
    pod = deployment["spec"]["template"]["spec"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for container in (*pod["containers"], *pod["initContainers"]):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["envFrom"] == [SECRET]
        assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each["metadata"]["name"])
def test_a_pod_migrates_first_and_gets_the_time_that_its_shutdown_takes(deployment: dict[str, Any]) -> None:
    pod = deployment["spec"]["template"]["spec"]

    assert [each["command"] for each in pod["initContainers"]] == [["docspace-review", "migrate"]]
    assert pod["terminationGracePeriodSeconds"] > SHUTDOWN_SECONDS


def test_the_user_is_that_of_the_image() -> None:
    user = re.search(r"^USER (\d+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert user
    users = {each["spec"]["template"]["spec"]["securityContext"]["runAsUser"] for each in DEPLOYMENTS}
    assert users == {int(user[1])}


def test_the_web_runs_the_line_of_the_procfile() -> None:
    [web] = [each for each in DEPLOYMENTS if each["metadata"]["name"].endswith("web")]
    [line] = re.findall(r"^web: (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE)

    assert web["spec"]["template"]["spec"]["containers"][0]["command"] == ["sh", "-c", line]


def test_the_image_is_that_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    [kustomization] = read(FOLDER / "base" / KUSTOMIZATION)

    assert kustomization["images"] == [{"name": "docspace-review", "newTag": version}]
