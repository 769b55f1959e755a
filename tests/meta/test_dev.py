"""`./dev` on machines that lack something: it says what, and does nothing by halves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

DEV = Path(__file__).parents[2] / "dev"
TOOLS = ("awk", "bash", "env", "dirname", "cat", "cksum", "rm", "mkdir", "id")


class DevMachine:
    """A checkout with nothing in it, on a machine that has a shell and what it is given."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.bin = folder / "bin"
        self.venv = self.checkout / ".venv"
        for place in (self.checkout, self.bin):
            place.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or "")
        shutil.copy(DEV, self.checkout)
        for file in ("pyproject.toml", "requirements.txt", "requirements-dev.txt"):
            (self.checkout / file).touch()

    def program(self, path: Path, *lines: str) -> None:
        """Put a program in place, which writes down that it was called."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(("#!/bin/sh", f'echo "{path.name} $*" >>"{self.bin}/calls"', *lines, "")))
        path.chmod(0o755)

    def environment_is_made(self) -> None:
        """Put an environment in place whose programs all work."""
        for name in ("python", "uv", "ruff", "mypy", "lint-imports", "pytest", "docspace-review"):
            self.program(self.venv / "bin" / name)
        self.program(self.bin / "chromium")

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.checkout / "dev", *arguments],
            env={"PATH": str(self.bin), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> str:
        calls = self.bin / "calls"
        return calls.read_text() if calls.exists() else ""


@pytest.fixture
def machine(tmp_path: Path) -> DevMachine:
    return DevMachine(tmp_path)


def test_a_machine_without_python_is_told_which_one_is_needed(machine: DevMachine) -> None:
    done = machine.run("setup")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Python 3.11 or newer is needed, and this machine has none.\n"


def test_a_python_without_ensurepip_is_told_what_to_install(machine: DevMachine) -> None:
    machine.program(
        machine.bin / "python3",
        'case "$2" in *ensurepip*) exit 1 ;; *print*) echo 3.13 ;; esac',
    )

    done = machine.run("demo")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Python 3.13 is here without venv; on Debian or Ubuntu: apt-get install python3.13-venv\n"
    )
    assert not machine.venv.exists()


def test_a_python_that_goes_by_the_folder_is_asked_for_its_own_place(machine: DevMachine) -> None:
    (machine.checkout / ".python-version").write_text("3.13\n")
    machine.program(machine.bin / "real")
    machine.program(
        machine.bin / "python3",
        "[ -e .python-version ] && exit 1",
        f'case "$2" in *executable*) echo "{machine.bin / "real"}" ;; esac',
    )

    machine.run("demo")

    assert "real -m venv .venv\n" in machine.calls()


def test_an_installation_that_fails_is_not_taken_for_done(machine: DevMachine) -> None:
    machine.environment_is_made()
    for installer in ("uv", "python"):
        machine.program(machine.venv / "bin" / installer, "exit 1")

    first, second = machine.run("demo"), machine.run("demo")

    assert (first.returncode, second.returncode) == (1, 1)
    assert "docspace-review" not in machine.calls()


def test_what_is_installed_is_not_installed_again(machine: DevMachine) -> None:
    machine.environment_is_made()

    machine.run("demo", "--one")
    machine.run("demo", "--two")

    assert machine.calls().count("uv pip install") == 2
    assert "docspace-review demo --one\n" in machine.calls()
    assert "docspace-review demo --two\n" in machine.calls()


def test_what_uv_can_not_get_at_is_installed_by_pip(machine: DevMachine) -> None:
    machine.environment_is_made()
    machine.program(machine.venv / "bin/uv", "exit 1")

    assert machine.run("demo").returncode == 0
    assert machine.calls().count("python -m pip install") == 2


def test_uv_itself_is_installed_as_it_is_pinned(machine: DevMachine) -> None:
    machine.environment_is_made()
    (machine.venv / "bin/uv").unlink()
    pinned = "uv==1 \\\n    --hash=sha256:aa\n"
    (machine.checkout / "requirements-dev.txt").write_text(f"urllib3==2 \\\n    --hash=x\n{pinned}vine==3\n")
    machine.program(
        machine.venv / "bin/python", 'for file; do :; done; case "$file" in /dev/fd/*) cat "$file" ;; esac'
    )

    done = machine.run("demo")

    assert (done.returncode, done.stdout) == (0, pinned)


def test_no_test_is_run_where_the_lint_fails(machine: DevMachine) -> None:
    machine.environment_is_made()
    machine.program(machine.venv / "bin/ruff", "exit 1")

    done = machine.run("test")

    assert done.returncode == 1
    assert "pytest" not in machine.calls()


@pytest.mark.parametrize("failing", ["mypy", "lint-imports"])
def test_what_is_checked_beside_the_tests_is_said_after_them_and_has_to_hold(
    machine: DevMachine, failing: str
) -> None:
    machine.environment_is_made()
    machine.program(machine.venv / "bin" / failing, "echo what is wrong; exit 1")
    machine.program(machine.venv / "bin/pytest", "echo all passed")

    done = machine.run("test")

    assert (done.returncode, done.stdout) == (1, "all passed\nwhat is wrong\n")


def test_what_is_wrong_with_the_supply_is_said_after_the_tests_too(machine: DevMachine) -> None:
    machine.environment_is_made()
    machine.program(
        machine.venv / "bin/python", 'case "$*" in *tests.supply.check) echo an advisory; exit 1 ;; esac'
    )
    machine.program(machine.venv / "bin/pytest", "echo all passed")

    done = machine.run("test")

    assert (done.returncode, done.stdout) == (1, "all passed\nan advisory\n")


def test_a_test_that_fails_is_no_less_a_failure_where_the_checks_hold(machine: DevMachine) -> None:
    machine.environment_is_made()
    machine.program(machine.venv / "bin/pytest", "exit 3")

    assert machine.run("test").returncode == 3
    assert "lint-imports" in machine.calls()


def test_the_tests_get_what_is_asked_of_them(machine: DevMachine) -> None:
    machine.environment_is_made()

    done = machine.run("test", "-x", "tests/meta")

    assert done.returncode == 0
    assert " -x tests/meta\n" in machine.calls()


def test_the_benches_get_what_is_asked_of_them(machine: DevMachine) -> None:
    machine.environment_is_made()

    done = machine.run("bench", "--quick", "click")

    assert done.returncode == 0
    assert "python -m bench --quick click\n" in machine.calls()


@pytest.mark.parametrize("environment", [{"CI": "true"}, {}], ids=["on CI", "elsewhere"])
def test_tools_of_operators_are_installed_on_ci_alone(
    machine: DevMachine, environment: dict[str, str]
) -> None:
    machine.environment_is_made()
    for name, line in {"openssl": "", "apt-get": "", "root": "echo 0"}.items():
        machine.program(machine.bin / name, line)
    (machine.bin / "root").replace(machine.bin / "id")  # in place of the link to the machine's own

    done = machine.run("test", **environment)

    installed = "apt-get install --yes --no-install-recommends docker-compose kustomize promtool zsh fish\n"
    assert done.returncode == 0
    assert (installed in machine.calls()) == ("CI" in environment)


def test_an_unknown_task_is_refused_with_the_known_ones(machine: DevMachine) -> None:
    unknown, asked = machine.run("frobnicate"), machine.run()

    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "./dev setup" in unknown.stderr
    assert asked.stdout in unknown.stderr
