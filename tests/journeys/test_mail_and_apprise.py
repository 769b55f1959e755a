"""A change is told by mail and through Apprise; the mailed link answers, and both are told of the answer."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest
import requests

from demo import BOB, COMPLIANCE, OLGA
from tests.edge.http_sink import HttpSink
from tests.edge.smtp_server import MailServer
from tests.journeys.processes import eventually
from tests.journeys.running_installation import RunningInstallation, make_sqlite_address, run_installation
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

ROUTES = (
    f'[[route]]\nname = "compliance"\nwatch = ["{COMPLIANCE}"]\nowners = ["{OLGA.email}"]\n'
    f'notify = ["mail:{OLGA.email}", "apprise:ops"]\nquiet_period = "0s"\nidentity = "link"\n'
    'segregation_of_duties = "off"\n'
)
KEY = "k3y-of-the-service"


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def service() -> Iterator[HttpSink]:
    with HttpSink() as sink:
        yield sink


@pytest.fixture(scope="module")
def opened(
    tmp_path_factory: pytest.TempPathFactory, mail: MailServer, service: HttpSink
) -> Iterator[RunningInstallation]:
    folder = tmp_path_factory.mktemp("mail")
    settings = {
        "SMTP_URL": mail.url,
        "MAIL_FROM": "Reviews <reviews@example.com>",
        "APPRISE_OPS": f"json://{service.place}/{KEY}",
        "SECRET_KEY": SECRET_KEY,
    }
    with run_installation(
        make_sqlite_address(folder), folder, routes=ROUTES, in_chat=False, settings=settings
    ) as opened:
        yield opened


def test_the_link_of_the_mail_answers_and_both_channels_tell_of_it(
    opened: RunningInstallation, mail: MailServer, service: HttpSink
) -> None:
    title = "Told by mail.docx"
    file = opened.save(title)
    [asked] = eventually(lambda: mails_on(mail, title))
    [message] = eventually(lambda: read_messages(service, title))
    [link] = set(re.findall(r"http://\S+/ack/\S+", text_of(asked)))
    opened.wait_until_compared(file)

    acknowledge(link, name="Olga Owner")

    _, answer = eventually(lambda: mails_on(mail, title)[1:] and mails_on(mail, title))
    _, news = eventually(lambda: read_messages(service, title)[1:] and read_messages(service, title))
    assert f"{opened.product.url}/ack/" in message["message"]
    assert (answer["In-Reply-To"], answer["Subject"]) == (asked["Message-ID"], f"Re: {asked['Subject']}")
    for text in (text_of(answer), news["message"]):
        assert "Reviewed by Olga Owner" in text
        assert "Acknowledge review" not in text
    assert "What changed: " in text_of(answer)
    eventually(lambda: all(card["state"] == "posted" for card in opened.reviews(file)[0]["cards"]))


def test_newer_content_is_told_in_the_same_thread_with_a_link_of_its_own(
    opened: RunningInstallation, mail: MailServer
) -> None:
    title = "Changed once more.docx"
    file = opened.save(title)
    [first] = eventually(lambda: mails_on(mail, title))

    time.sleep(1)  # DocSpace tells whole seconds: two saves of one person within one are the same event
    opened.portal.save(file.id, by=BOB.id)
    opened.sent()

    _, second = eventually(lambda: mails_on(mail, title)[1:] and mails_on(mail, title))
    assert second["References"] == first["Message-ID"]
    assert "(revision 2)" in text_of(second)


def test_a_refusal_is_told_where_operators_look_and_without_the_key(
    opened: RunningInstallation, service: HttpSink
) -> None:
    service.status = 404

    opened.save("Refused.docx")

    def dead() -> list[dict[str, str]]:
        listed: list[dict[str, str]] = opened.product.json("deliveries", "list", "--state", "dead")
        return listed

    [refused, *_] = eventually(dead)
    assert refused["error"] == (
        "the service of APPRISE_OPS knows no such place (404): check the address in APPRISE_OPS"
    )
    assert refused["error"] in opened.product.run("deliveries", "list").stdout.replace("\n", " ")
    health = opened.product.health()
    [failing] = health["parts"]["channels"]["failing"]
    assert failing["target"] == "apprise:ops"
    assert failing["dead"] >= 1  # a second event of the same file may have come too late for the same card
    assert health["status"] == "ok"
    assert KEY not in opened.product.output() + str(health)


def mails_on(mail: MailServer, title: str) -> list[EmailMessage]:
    return [each for each in mail.mails if title in str(each["Subject"])]


def read_messages(service: HttpSink, title: str) -> list[dict[str, str]]:
    messages = [json.loads(sent.body) for sent in list(service.sent)]
    return [each for each in messages if title in each["title"]]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def acknowledge(link: str, *, name: str) -> None:
    """Answer on the page as a person does who has followed the link."""
    browser = requests.Session()
    page = browser.get(link, timeout=60)
    [token] = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)
    form = {"decision": "acknowledge", "name": name, "csrf_token": token}
    assert browser.post(link, data=form, timeout=60).status_code == 200
