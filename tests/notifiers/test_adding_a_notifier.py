"""The page on adding a channel is true: its example is found, and keeps the contract."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reviews.cards.card_drawing import draw_card
from reviews.errors import OutcomeUnknown, Permanent, RemoteError, TryLater
from tests.edge.http_sink import HttpSink
from tests.notifiers import contract, remote_services
from tests.notifiers.surroundings import LINK, make_channel_context
from tests.reviews.samples import review

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import ModuleType

    from tests.notifiers.remote_services import RemoteService

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/adding-a-notifier.md").read_text()
ROUTES = '[[route]]\nname = "r"\nwatch = ["1"]\nowners = ["o@company.com"]\nnotify = ["pager:{team}"]\n'

RemoteServices = dict[str, "Callable[[], AbstractContextManager[RemoteService]]"]


def block(name: str) -> str:
    """Return the page's block of code that begins with the name of this file."""
    [source] = re.findall(rf"^```python\n# {re.escape(name)}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(source)


def module(folder: Path, source: str) -> ModuleType:
    file = folder / "pager.py"
    file.write_text(source)
    spec = importlib.util.spec_from_file_location("pager", file)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def pager(tmp_path: Path) -> ModuleType:
    return module(tmp_path, block("notifiers/pager.py"))


@pytest.fixture
def remote_service() -> Callable[[], AbstractContextManager[RemoteService]]:
    made: RemoteServices = {}
    names = {**vars(remote_services), "REMOTE_SERVICES": made}
    exec(compile(block("tests/notifiers/remote_services.py"), "page", "exec"), names)  # noqa: S102 - our own page
    return made["pager"]


def keeps_the_contract(
    pager: ModuleType, remote_service: Callable[[], AbstractContextManager[RemoteService]]
) -> None:
    contract.takes_its_example_and_no_words("pager", pager)
    contract.asks_for_its_settings_when_it_is_built(pager)
    contract.posts_and_tells_each_stage(pager, remote_service)
    contract.tells_each_notice(pager, remote_service)
    contract.says_that_it_can_not_look_where_it_redraws_nothing(pager, remote_service)
    contract.waits_for_a_service_that_is_gone(pager, remote_service)


def test_the_example_keeps_the_contract(
    pager: ModuleType, remote_service: Callable[[], AbstractContextManager[RemoteService]]
) -> None:
    keeps_the_contract(pager, remote_service)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("return card.stage", 'return "sent"'),
        ("return notice.key", 'return ""'),
        ('raise Permanent("nobody can look into a pager")', "return None"),
        ('raise TryLater("the gateway can\'t be reached")', "raise OutcomeUnknown(str(error))"),
        ('context.setting("PAGER_URL")', 'context.option("PAGER_URL")'),
        ("as in {EXAMPLE!r}", "as one does"),
    ],
)
def test_an_example_that_breaks_the_contract_is_found_out(
    tmp_path: Path,
    remote_service: Callable[[], AbstractContextManager[RemoteService]],
    right: str,
    wrong: str,
) -> None:
    source = block("notifiers/pager.py")
    assert source.count(right) == 1
    broken = module(tmp_path, source.replace(right, wrong))

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        keeps_the_contract(broken, remote_service)


def test_the_example_sends_a_line_and_the_link(pager: ModuleType) -> None:
    with HttpSink() as sink:
        context = make_channel_context(PAGER_URL=f"http://{sink.place}", addresses=["compliance"])
        pager.build(context).post("compliance", draw_card(review()))

    [sent] = sink.sent
    line = "AML Policy 2026.docx needs your review"
    assert json.loads(sent.body) == {"team": "compliance", "line": line, "link": LINK}


@pytest.mark.parametrize(
    ("status", "kind"), [(429, TryLater), (500, OutcomeUnknown), (302, Permanent), (404, Permanent)]
)
def test_the_example_knows_what_each_answer_means(
    pager: ModuleType, status: int, kind: type[RemoteError]
) -> None:
    with HttpSink(status=status) as sink:
        channel = pager.build(
            make_channel_context(PAGER_URL=f"http://{sink.place}", addresses=["compliance"])
        )
        with pytest.raises(RemoteError) as caught:
            channel.post("compliance", draw_card(review()))

    assert type(caught.value) is kind


@pytest.mark.parametrize(("team", "code"), [("compliance", 0), ("two words", 1)])
def test_one_file_in_the_folder_is_all_that_routes_need(tmp_path: Path, team: str, code: int) -> None:
    shutil.copytree(ROOT / "notifiers", tmp_path / "notifiers")
    (tmp_path / "notifiers/pager.py").write_text(block("notifiers/pager.py"))
    (tmp_path / "routes.toml").write_text(ROUTES.format(team=team))

    done = subprocess.run(
        [sys.executable, "-m", "runtime", "routes", "check", "routes.toml"],
        cwd=tmp_path,
        env={"PATH": os.defpath, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == code, done.stderr
    assert "pager:compliance" in done.stdout + done.stderr
