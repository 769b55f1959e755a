"""An installation whose cards lead to the page, where a mailed code says who answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from demo import OLGA
from tests.edge.smtp_server import MailServer
from tests.journeys.processes import eventually
from tests.journeys.running_installation import (
    RunningInstallation,
    make_sqlite_address,
    route,
    run_installation,
)
from tests.journeys.visitor import AcknowledgePageVisitor
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTES = route(notify="console").replace('identity = "link"\nsegregation_of_duties = "off"\n', "")


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def mailing(tmp_path_factory: pytest.TempPathFactory, mail: MailServer) -> Iterator[RunningInstallation]:
    folder = tmp_path_factory.mktemp("mailing")
    settings = {
        "SECRET_KEY": SECRET_KEY,
        "SMTP_URL": f"smtp://127.0.0.1:{mail.port}?tls=none",
        "MAIL_FROM": "reviews@example.com",
    }
    with run_installation(
        make_sqlite_address(folder), folder, routes=ROUTES, in_chat=False, settings=settings
    ) as opened:
        yield opened


def test_the_owner_answers_with_a_mailed_code_and_no_one_without(
    mailing: RunningInstallation, mail: MailServer
) -> None:
    file = mailing.save("By mail.docx")
    [link] = eventually(lambda: set(re.findall(r"http://\S+/ack/\S+", mailing.product.stdout())))
    visitor = AcknowledgePageVisitor(link)

    unproven = visitor.send("", decision="acknowledge").status_code
    visitor.send("/code", address=OLGA.email)
    [mailed] = eventually(lambda: list(mail.mails))
    code = re.search(r"\d{4} \d{4}", mailed.get_content())
    assert code
    page = visitor.send("/proof", code=code[0])
    answered = visitor.send("", decision="acknowledge").status_code

    assert (unproven, mail.recipients, answered) == (401, [OLGA.email], 200)
    assert f"You are <strong><bdi>{OLGA.display_name}" in page.text
    [review] = mailing.reviews(file)
    [answer] = review["answers"]
    assert (answer["identity"], answer["reviewer"]["email"]) == ("mail_code", OLGA.email)
    log = mailing.product.output().replace(mailing.product.stdout(), "")
    assert "review_answered" in log
    assert [
        secret for secret in (link.rpartition("/")[2], code[0], code[0].replace(" ", "")) if secret in log
    ] == []
