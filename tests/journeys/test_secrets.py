"""No secret is ever printed or logged, whatever goes wrong."""

from __future__ import annotations

import requests

from demo import BOB
from tests.edge.slack_signing import Spoil
from tests.journeys.installation import SIGNING_SECRET, WEBHOOK_SECRET
from tests.journeys.running_installation import OLGA_IN_SLACK, RunningInstallation


def test_no_secret_is_said_when_the_far_sides_and_strangers_misbehave(serving: RunningInstallation) -> None:
    serving.slack.fail("chat.postMessage", "invalid_auth")
    serving.save("Refused by Slack.docx")
    file = serving.file("Refused by the portal.docx")
    serving.portal.faults.answer(401, path=f"/files/file/{file.id}")
    serving.portal.save(file.id, by=BOB.id)
    serving.sent()
    forged = requests.post(f"{serving.product.url}/docspace/webhook", data=b"{}", timeout=60)
    card = serving.card("Refused by Slack.docx")
    spoilt = serving.side.click(OLGA_IN_SLACK, card, "acknowledge_review", spoil=Spoil(flip_byte=True))
    serving.card("Refused by the portal.docx")
    listed = [serving.product.run(name, "list") for name in ("events", "deliveries")]

    assert (forged.status_code, spoilt.status in {400, 401}) == (401, True)
    assert [done.returncode for done in listed] == [0, 0]
    assert find_secrets_in_output(serving) == []


def find_secrets_in_output(opened: RunningInstallation) -> list[str]:
    """Return the names of the secrets that stand anywhere in the captured output."""
    secrets = {
        "webhook secret": WEBHOOK_SECRET,
        "signing secret": SIGNING_SECRET,
        "bot token": opened.slack.token,
        "API key": opened.portal.api_key,
        "secret key": opened.product.environment["SECRET_KEY"],
    }
    output = opened.product.output()
    assert output
    return [name for name, value in secrets.items() if value in output]
