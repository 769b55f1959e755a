"""An installation without chat, from the short settings: the card is printed, and its link answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import requests

from demo import COMPLIANCE, OLGA, OTHER
from tests.journeys.installation import WEBHOOK_SECRET
from tests.journeys.processes import eventually
from tests.journeys.running_installation import RunningInstallation, make_sqlite_address, run_installation
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def printing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningInstallation]:
    """Return an installation that knows no Slack and no routes.toml, with its secrets in files."""
    folder, secrets = tmp_path_factory.mktemp("console"), tmp_path_factory.mktemp("secrets")
    (secrets / "webhook").write_text(f"{WEBHOOK_SECRET}\n")
    (secrets / "key").write_text(f"{SECRET_KEY}\n")
    settings = {
        "ROUTES_FILE": None,
        "COMPLIANCE_FOLDER_ID": f"{COMPLIANCE}, {OTHER}",
        "DEPARTMENT_OWNER_EMAIL": OLGA.email,
        "NOTIFY": "console",
        "DOCSPACE_WEBHOOK_SECRET": None,
        "DOCSPACE_WEBHOOK_SECRET_FILE": str(secrets / "webhook"),
        "SECRET_KEY_FILE": str(secrets / "key"),
    }
    with run_installation(make_sqlite_address(folder), folder, in_chat=False, settings=settings) as opened:
        yield opened


def test_the_short_settings_make_one_route(printing: RunningInstallation) -> None:
    checked = printing.product.run("routes", "check")

    assert checked.returncode == 0
    assert f"{OLGA.email} reviews {COMPLIANCE}, {OTHER}, posted in console" in checked.stdout


def test_the_card_is_printed_and_its_link_shows_on_get_and_answers_on_post(
    printing: RunningInstallation,
) -> None:
    title = "On the console.docx"
    file = printing.save(title, folder=OTHER)
    link = eventually(lambda: _links(printing))[-1]
    assert link.startswith(printing.product.url)
    assert title in printing.product.stdout()

    browser = requests.Session()
    shown = [browser.get(link, timeout=60) for _ in range(2)]
    [before] = printing.reviews(file)
    [token] = re.findall(r'name="csrf_token" value="([^"]+)"', shown[-1].text)
    form = {"decision": "acknowledge", "name": "Dana Ozola", "csrf_token": token}
    elsewhere = requests.post(link, data=form, timeout=60)
    answered = browser.post(link, data=form, timeout=60)
    again = browser.post(link, data=form, timeout=60)
    forged = requests.get(f"{link[:-8]}{'A' if link[-8] != 'A' else 'B'}{link[-7:]}", timeout=60)

    assert [(page.status_code, title in page.text) for page in shown] == [(200, True)] * 2
    assert (before["state"], before["answers"]) == ("open", [])
    assert elsewhere.status_code == 400
    assert (answered.status_code, [page.status_code for page in answered.history]) == (200, [303])
    assert again.status_code == 409
    assert (forged.status_code, title in forged.text) == (404, False)
    eventually(lambda: "Reviewed by Dana Ozola" in printing.product.stdout())
    [review] = printing.reviews(file)
    [answer] = review["answers"]
    assert (review["state"], answer["identity"]) == ("acknowledged", "link")
    assert (answer["reviewer"]["name"], answer["reviewer"]["email"]) == ("Dana Ozola", None)


def _links(opened: RunningInstallation) -> list[str]:
    return re.findall(r"http://\S+/ack/\S+", opened.product.stdout())
