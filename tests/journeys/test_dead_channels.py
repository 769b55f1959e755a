"""A remote service that hangs holds up only itself, however many cards it is owed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo import COMPLIANCE, OLGA
from tests.edge.http_sink import HttpSink
from tests.edge.smtp_server import SILENCE, MailServer
from tests.journeys.processes import eventually
from tests.journeys.running_installation import RunningInstallation, make_sqlite_address, run_installation
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.edge.slack_state import Json

CHANGES = 30
# Were every call of a hanging channel given a thread, it would take longer: 150 calls of ten seconds each
# on sixteen threads.
WITHIN = 75
ADDRESSES = [f"owner.{number}@example.com" for number in range(4)]
DEAD = [*(f"mail:{address}" for address in ADDRESSES), "apprise:ops"]


@pytest.fixture(scope="module")
def remote_services() -> Iterator[tuple[MailServer, HttpSink]]:
    with MailServer() as mail, HttpSink(hanging=True) as service:
        mail.answers["DATA"] = SILENCE
        yield mail, service


@pytest.fixture(scope="module")
def opened(
    tmp_path_factory: pytest.TempPathFactory, remote_services: tuple[MailServer, HttpSink]
) -> Iterator[RunningInstallation]:
    """Return an installation of which all channels but the last hang."""
    mail, service = remote_services
    folder = tmp_path_factory.mktemp("dead")
    notify = ", ".join(f'"{target}"' for target in [*DEAD, "console"])
    routes = (
        f'[[route]]\nname = "compliance"\nwatch = ["{COMPLIANCE}"]\nowners = ["{OLGA.email}"]\n'
        f'notify = [{notify}]\nquiet_period = "0s"\nidentity = "link"\nsegregation_of_duties = "off"\n'
        'bulk = "off"\n'
    )
    settings = {
        "SMTP_URL": mail.url,
        "MAIL_FROM": "reviews@example.com",
        "APPRISE_OPS": f"json://{service.place}/s3cr3t",
        "SECRET_KEY": SECRET_KEY,
    }
    with run_installation(
        make_sqlite_address(folder), folder, routes=routes, in_chat=False, settings=settings
    ) as opened:
        yield opened
        mail.answers.clear()
        service.hanging = False


def test_while_channels_hang_every_change_is_told_in_the_one_that_does_not(
    opened: RunningInstallation, remote_services: tuple[MailServer, HttpSink]
) -> None:
    mail, service = remote_services
    titles = [f"Beside dead channels {number}.docx" for number in range(CHANGES)]
    for title in titles:
        opened.save(title)

    eventually(lambda: all(f"{title} was" in opened.product.stdout() for title in titles), within=WITHIN)

    assert mail.transactions
    assert service.sent
    delivered = {card["notifier"] for card in _cards(opened) if card["state"] == "posted"}
    assert delivered == {"console"}


def test_the_channels_that_hang_are_told_with_the_reason_and_the_rest_is_well(
    opened: RunningInstallation,
) -> None:
    def list_failing() -> dict[str, str]:
        """Return the errors, once both fail: a new try may take one off the list for a moment."""
        channels = opened.product.health()["parts"]["channels"]
        errors = {each["target"]: each["error"] for each in channels["failing"]}
        return errors if {"mail:o…@example.com", "apprise:ops"} <= set(errors) else {}

    failing = eventually(list_failing, within=60)

    assert "did not confirm the mail" in failing["mail:o…@example.com"]
    assert "the service of APPRISE_OPS did not say that it took the message" in failing["apprise:ops"]
    assert opened.product.health()["status"] == "ok"
    assert "s3cr3t" not in opened.product.output()


def _cards(opened: RunningInstallation) -> list[Json]:
    listed: list[Json] = opened.product.json("deliveries", "list", "--limit", "1000")
    return listed
