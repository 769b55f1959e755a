"""The remote services fail, files vanish: the card comes all the same, and once."""

from __future__ import annotations

import contextlib

from demo import BOB, OTHER, PortalFile
from tests.edge.block_kit import list_pings
from tests.journeys.processes import eventually
from tests.journeys.running_installation import CROWD, OLGA_IN_SLACK, RunningInstallation, read_text

HOSTILE = "<!channel> *urgent* & co.docx"
ESCAPED = "&lt;!channel&gt; "


def test_an_outage_of_the_portal_delays_the_cards_and_does_not_lose_them(
    serving: RunningInstallation,
) -> None:
    outages = {500: None, 401: None, 429: "1"}
    files = {status: serving.file(f"Outage {status}.docx") for status in outages}
    faults = serving.portal.faults
    with contextlib.ExitStack() as healing:
        healing.callback(faults.clear)
        for status, retry_after in outages.items():
            path = f"/files/file/{files[status].id}"
            faults.answer(status, path=path, count=None, retry_after=retry_after)
            serving.portal.save(files[status].id, by=BOB.id)
        serving.sent()
        eventually(lambda: all(_was_asked_for(serving, file) for file in files.values()))
        assert [serving.cards(file.title) for file in files.values()] == [[], [], []]

    for file in files.values():
        serving.card(file.title)

    outcomes = {event["file_id"]: event for event in serving.product.json("events", "list")}
    for file in files.values():
        event = outcomes[str(file.id)]
        assert event["state"] == "done"
        assert event["attempts"] >= 1


def test_an_outage_of_slack_delays_the_card_and_does_not_double_it(serving: RunningInstallation) -> None:
    title = "Slack is down.docx"
    serving.wait_until_settled()  # otherwise the fault may strike the card of an earlier test
    serving.slack.fail("chat.postMessage", "429", retry_after=1)

    serving.save(title)

    serving.card(title)
    posts = [call for call in serving.slack.calls("chat.postMessage") if title in call.args["text"]]
    assert len(posts) == 2
    assert posts[1].time - posts[0].time >= 1


def test_a_trashed_file_and_a_deleted_one_have_a_card_though_the_portal_no_longer_shows_them(
    serving: RunningInstallation,
) -> None:
    trashed, deleted = serving.file("Trashed.docx"), serving.file("Deleted.docx")
    serving.portal.trash(trashed.id, by=BOB.id)
    serving.portal.delete(deleted.id, by=BOB.id)
    serving.sent()

    serving.card("Trashed.docx", "*Bob Chen*", "Incidents", "oved to the trash")
    serving.card("Deleted.docx", "*Bob Chen*", "Incidents", "eleted for good")
    assert [serving.reviews(file)[0]["kind"] for file in (trashed, deleted)] == ["trashed", "deleted"]

    serving.portal.delete(trashed.id, by=BOB.id)
    serving.sent()
    serving.card("Trashed.docx", "revision 2", "eleted for good")


def test_a_hostile_title_pings_no_one(serving: RunningInstallation) -> None:
    serving.save(HOSTILE)

    card = serving.card(ESCAPED)
    assert list_pings(card) == [f"<@{OLGA_IN_SLACK}>"]
    serving.click(OLGA_IN_SLACK, card)
    answered = serving.card(ESCAPED, "Reviewed by")
    command = serving.side.slash(OLGA_IN_SLACK, "/reviews", "recent 3", str(card["channel"]))

    assert set(list_pings(answered)) <= {f"<@{OLGA_IN_SLACK}>"}
    assert (command.status, list_pings(command.json())) == (200, [])
    assert ESCAPED in read_text(command.json())


def test_a_click_that_comes_too_late_on_a_hostile_title_is_told_so(serving: RunningInstallation) -> None:
    first, second, *_ = CROWD
    serving.save(f"Late {HOSTILE}", folder=OTHER)
    card = serving.card(f"Late {ESCAPED}")
    serving.click(first, card)

    assert ESCAPED in serving.click_in_vain(second, card)


def _was_asked_for(opened: RunningInstallation, file: PortalFile) -> bool:
    return any(call.path.endswith(f"/files/file/{file.id}") for call in opened.portal.faults.calls())
