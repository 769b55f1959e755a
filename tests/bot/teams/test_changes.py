"""What changed, in Teams: shown to one person on the card and in the chat, or else the reason why not."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from notifiers.teams_bot import actions
from notifiers.teams_bot.card import MAX_CARD_BYTES
from notifiers.teams_bot.changes_card import CHANGES_PAGE_SIZE
from reviews.routes.route import MayAcknowledge, ShowChanges
from store.unit_of_work import SqlUnitOfWork
from tests.bot.teams.pressing import find_shown_message, press
from tests.bot.teams.teams_installation import (
    ALONE,
    AUTHOR,
    CHANNEL,
    DANA,
    DEPUTY_USER,
    ELSEWHERE,
    STRANGER,
    TeamsInstallation,
    read_text,
)
from tests.edge.adaptive_cards import find_flaws
from tests.edge.teams_elements import list_button_labels, list_verbs, pressed
from tests.edge.teams_signing import Spoil
from tests.reviews.compared import make_part, make_summary, store_comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from reviews.comparisons.parts import ChangedPart
    from tests.edge.fake_teams import FakeTeams

PAGE = "https://reviews.example.com/ack/token#changes"
NOT_YOURS = "Only those who may answer, and the people who changed it, see the differences."
IN_CHANNEL = "Members of the channel see the differences on the card there."
MACRO = "{{DATE(2026-01-01T00:00:00Z, SHORT)}}"
Json = dict[str, Any]


def compare(
    installation: TeamsInstallation, parts: Sequence[ChangedPart] = (), *, unlisted: int = 0, **more: Any
) -> Json:
    """Return the card of a review that was compared, with these differences or with one."""
    installation.card(**more)
    parts = parts or [make_part()]
    summary = make_summary(len(parts) + unlisted)
    review = store_comparison(installation.desk, installation.review(), parts, summary)
    installation.desk.deliver_all()
    return installation.standing(review)


def make_parts(count: int, name: str = "clause") -> list[ChangedPart]:
    return [
        make_part(kind="inserted", before="", after=f"{name} {number}.", words=())
        for number in range(1, count + 1)
    ]


def see(installation: TeamsInstallation, card: Json, user: str = DANA) -> str:
    """Ask what changed, and return what that person reads in the place of the card."""
    assert installation.side.click(user, card, actions.CHANGES).status == 200
    return read_text(find_shown_message(installation, card, user))


def find_runs(element: Any) -> list[Json]:
    if isinstance(element, list):
        return [run for each in element for run in find_runs(each)]
    if not isinstance(element, dict):
        return []
    inside = find_runs(list(element.values()))
    return [element, *inside] if element.get("type") == "TextRun" else inside


def list_flaws(card: Json) -> list[str]:
    """Return what is wrong with a card that no notification announces."""
    return [flaw for flaw in find_flaws(card) if flaw != "it has no fallbackText"]


@pytest.fixture
def card(installation: TeamsInstallation) -> Json:
    return compare(installation)


@pytest.mark.parametrize("user", [DANA, DEPUTY_USER, AUTHOR])
def test_those_who_answer_and_who_changed_it_see_the_differences_and_no_one_else_does(
    installation: TeamsInstallation, card: Json, user: str
) -> None:
    text = see(installation, card, user)

    assert "Only you see this. AML Policy 2026.docx What changed 1 changed; 1 amount" in text
    assert "Changed Payment terms · amounts Before: The fee is EUR 100 . After: The fee is EUR 250 ." in text
    assert installation.standing(installation.review()) == card
    assert list_flaws(find_shown_message(installation, card, user)) == []


def test_what_was_removed_is_struck_through_and_what_was_added_is_underlined(
    installation: TeamsInstallation, card: Json
) -> None:
    see(installation, card)

    runs = {run["text"]: run for run in find_runs(find_shown_message(installation, card))}
    assert runs["100"] == {"type": "TextRun", "text": "100", "strikethrough": True, "isSubtle": True}
    assert runs["250"] == {"type": "TextRun", "text": "250", "underline": True, "weight": "Bolder"}
    assert runs["The fee is EUR "] == {"type": "TextRun", "text": "The fee is EUR "}


def test_others_are_told_how_much_changed_and_why_they_see_no_more(
    installation: TeamsInstallation, card: Json
) -> None:
    text = see(installation, card, STRANGER)

    assert "1 changed; 1 amount" in text
    assert NOT_YOURS in text
    assert "EUR" not in json.dumps(find_shown_message(installation, card, STRANGER))
    assert list_verbs(find_shown_message(installation, card, STRANGER)) == [actions.BACK]


def test_members_of_a_channel_that_may_answer_see_them_on_its_card_and_not_elsewhere(
    teams: FakeTeams, engine: sa.Engine
) -> None:
    shared = TeamsInstallation(
        teams, engine, partial(SqlUnitOfWork, engine), may_acknowledge=MayAcknowledge.CHANNEL
    )
    card = compare(shared)

    assert "EUR 250" in see(shared, card, STRANGER)
    shared.side.say(STRANGER, CHANNEL, "changes 3358285", slash=True)
    alone = read_text(shared.teams.private_messages(STRANGER, CHANNEL)[-1])
    assert IN_CHANNEL in alone
    assert "EUR" not in alone


def test_a_card_leads_back_to_the_review(installation: TeamsInstallation, card: Json) -> None:
    see(installation, card)

    press(installation, card, actions.BACK)

    assert actions.ACKNOWLEDGE in list_verbs(find_shown_message(installation, card))


def test_the_menu_has_it_where_there_are_differences(installation: TeamsInstallation, card: Json) -> None:
    installation.side.click(DANA, card, actions.MORE)
    assert list_verbs(find_shown_message(installation, card))[-3:] == [
        actions.CHANGES,
        actions.HISTORY,
        actions.BACK,
    ]

    press(installation, card, actions.CHANGES)
    assert "EUR 250" in read_text(find_shown_message(installation, card))


def test_without_differences_neither_the_card_nor_the_menu_has_it(installation: TeamsInstallation) -> None:
    card = installation.card()

    installation.side.click(DANA, card, actions.MORE)

    assert "What changed" not in list_button_labels(card["attachments"][0]["content"])
    assert actions.CHANGES not in list_verbs(find_shown_message(installation, card))


@pytest.mark.parametrize("has_page", [True, False])
def test_an_old_client_opens_the_page_if_there_is_one(
    teams: FakeTeams, engine: sa.Engine, *, has_page: bool
) -> None:
    address = PAGE if has_page else ""
    installation = TeamsInstallation(
        teams, engine, partial(SqlUnitOfWork, engine), find_page=lambda _card: address
    )
    card = compare(installation)

    button = pressed(card["attachments"][0]["content"], actions.CHANGES, {})
    see(installation, card)

    opening = {"type": "Action.OpenUrl", "title": "What changed", "url": PAGE}
    assert button["fallback"] == (opening if has_page else "drop")
    labels = list_button_labels(find_shown_message(installation, card))
    assert labels == (["Show on a page", "Back"] if has_page else ["Back"])


def test_many_differences_are_paged_in_place_and_back(installation: TeamsInstallation) -> None:
    card = compare(installation, make_parts(CHANGES_PAGE_SIZE * 2 + 3), unlisted=4)

    first = see(installation, card)
    assert "Differences 1–8 of 19" in first  # noqa: RUF001 - a range
    assert ("clause 8." in first, "clause 9." in first) == (True, False)
    assert list_button_labels(find_shown_message(installation, card)) == ["Later", "Back"]

    installation.side.shown[DANA, card["id"]] = _press(installation, card, "Later")
    second = read_text(find_shown_message(installation, card))
    assert "Differences 9–16 of 19" in second  # noqa: RUF001 - a range
    assert "4 more differences are not shown here." in second

    last = read_text(_press(installation, card, "Later"))
    assert "Differences 17–19 of 19" in last  # noqa: RUF001 - a range
    assert "4 more differences are not shown here." in last
    assert "clause 1." in read_text(_press(installation, card, "Earlier"))


def _press(installation: TeamsInstallation, card: Json, label: str) -> Json:
    """Press a page button of what Dana sees, and return what she sees then."""
    shown = find_shown_message(installation, card)
    [button] = [each for row in shown["body"] for each in row.get("actions", ()) if each["title"] == label]
    action = {name: button[name] for name in ("type", "verb", "data")}
    content: Json = installation.side.invoke(DANA, card, {"action": action}).json()["value"]
    return content


def test_a_page_of_an_earlier_revision_begins_again_with_the_newest_differences(
    installation: TeamsInstallation,
) -> None:
    card = compare(installation, make_parts(12))
    see(installation, card)
    installation.desk.portal.versions["3358285"] = 9
    compare(installation, make_parts(20, "section"))

    shown = _press(installation, card, "Later")

    assert "The document has changed again." in read_text(shown)
    assert "Differences 1–8 of 20" in read_text(shown)  # noqa: RUF001 - a range
    assert "section 1." in read_text(shown)
    installation.side.shown[DANA, card["id"]] = shown
    later = read_text(_press(installation, card, "Later"))
    assert "Differences 9–16 of 20" in later  # noqa: RUF001 - a range
    assert "The document has changed again." not in later


def test_a_card_of_an_earlier_revision_says_that_the_newest_is_not_compared_yet(
    installation: TeamsInstallation, card: Json
) -> None:
    installation.desk.portal.versions["3358285"] = 9
    installation.card()

    text = see(installation, card)

    assert "The comparison is not ready yet. Try again in a minute." in text
    assert "Change: changed by Alice Moreau When: " in text
    assert "EUR" not in text


@pytest.mark.parametrize("start", ["-1", "x", "٣", "1e9", "9" * 30, "999999999", "", None, 8, ["8"]])
def test_a_forged_start_shows_a_page(installation: TeamsInstallation, start: object) -> None:
    card = compare(installation, make_parts(9))
    data = {**actions.make_click_data(installation.review().id, 1), actions.START: start}

    answer = installation.side.invoke(DANA, card, {"action": {"verb": actions.CHANGES, "data": data}})

    text = read_text(answer.json()["value"])
    assert ("clause 1." in text) != ("clause 9." in text)
    assert "of 9" in text


def test_a_review_of_another_channel_is_not_shown(installation: TeamsInstallation, card: Json) -> None:
    elsewhere = installation.teams.keep(
        installation.teams.places[ELSEWHERE],
        {"type": "message", "attachments": card["attachments"]},
        by=installation.teams.bot_id,
    )

    installation.side.click(DANA, elsewhere, actions.CHANGES)

    assert "no longer tracked" in installation.side.replies[DANA, elsewhere["id"]]


def test_a_review_that_was_removed_is_not_shown(installation: TeamsInstallation, card: Json) -> None:
    data = actions.make_click_data("no-such-review", 1)

    answer = installation.side.invoke(DANA, card, {"action": {"verb": actions.CHANGES, "data": data}})

    assert "no longer tracked" in answer.json()["value"]


def test_once_the_route_turns_it_off_the_differences_are_not_shown(
    teams: FakeTeams, engine: sa.Engine
) -> None:
    installation = TeamsInstallation(
        teams, engine, partial(SqlUnitOfWork, engine), show_changes=ShowChanges.OFF
    )

    text = see(installation, compare(installation))

    assert "EUR" not in text
    assert "Change: changed by Alice Moreau" in text


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("**bold** [x](https://evil.example) `code`", "**bold** [x](https://evil.example) `code`"),
        ("<at>Dana Ozola</at> <b>x</b>", "<at>Dana Ozola</at> <b>x</b>"),
        (f"Due {MACRO}", f"Due {MACRO}"),
        ("gpj\u202e.exe", "gpj\\u202e.exe"),
        ("يورو 3,000", "يورو 3,000"),
        ("a\u200bb\u034fc", "abc"),
        ("one\n\ntwo\nthree", "one two three"),
        ("\0\x1b[31mred", "\\u0000\\u001b[31mred"),
    ],
)
def test_text_of_a_document_is_only_text(installation: TeamsInstallation, hostile: str, shown: str) -> None:
    part = make_part(kind="inserted", before="", after=hostile, words=())
    card = compare(installation, [replace(part, place=replace(part.place, heading=hostile))])

    text = see(installation, card)

    content = find_shown_message(installation, card)
    assert shown in text
    assert list_flaws(content) == []
    assert MACRO not in json.dumps(content)


@pytest.mark.parametrize("character", ["x", "<a", "{{", "🙂", "é ", "\n", "á"])
def test_a_very_long_cell_is_cut_around_its_changes(installation: TeamsInstallation, character: str) -> None:
    part = make_long_part(character)
    card = compare(installation, [replace(part, place=replace(part.place, heading=character * 5000))] * 20)

    text = see(installation, card)

    content = find_shown_message(installation, card)
    assert list_flaws(content) == []
    assert len(json.dumps(content)) <= MAX_CARD_BYTES
    assert ("OLD" in text, "NEW" in text, "…" in text) == (True, True, True)


def make_long_part(character: str) -> ChangedPart:
    """Return a difference of some words in the middle of a very long cell."""
    around = character * 30_000
    part = make_part()
    [before, removed, added, after] = part.words
    return replace(
        part,
        before=f"{around}OLD{around}",
        after=f"{around}NEW{around}",
        words=(
            replace(before, text=around),
            replace(removed, text="OLD"),
            replace(added, text="NEW"),
            replace(after, text=around),
        ),
    )


def test_a_cell_of_very_many_changes_has_no_more_runs_than_can_be_read(
    installation: TeamsInstallation,
) -> None:
    part = make_part()
    card = compare(installation, [replace(part, words=part.words * 2000)] * CHANGES_PAGE_SIZE)

    see(installation, card)

    content = find_shown_message(installation, card)
    assert len(json.dumps(content)) <= MAX_CARD_BYTES
    assert len(find_runs(content)) < 1000


def test_where_text_was_only_added_the_earlier_text_is_cut_where_it_stood(
    installation: TeamsInstallation,
) -> None:
    long = f"{'word ' * 400}end"
    part = make_part()
    words = (replace(part.words[0], text=long), replace(part.words[2], text=" and more"))
    card = compare(installation, [replace(part, before=long, after=f"{long} and more", words=words)])

    text = see(installation, card)

    assert text.count("word end") == 2
    assert len(text) < 2500


def test_what_moved_is_shown_once(installation: TeamsInstallation) -> None:
    part = make_part(kind="moved", before="A clause.", after="A clause.", words=(), matters=())
    card = compare(installation, [part])

    text = see(installation, card)

    assert "Moved Payment terms A clause." in text
    assert text.count("A clause.") == 1


def test_a_click_that_names_no_person_shows_nothing(installation: TeamsInstallation, card: Json) -> None:
    installation.teams.fail("member", "503")

    installation.side.click(DANA, card, actions.CHANGES)

    assert "EUR" not in str(installation.side.shown)


def ask(installation: TeamsInstallation, text: str, place: str = ALONE, **more: Any) -> Json:
    """Type something and return the bot's answer to it."""
    assert installation.side.say(DANA, place, text, **more).status == 200
    return installation.teams.messages(place)[-1]


def test_in_a_private_chat_the_command_shows_some_and_the_buttons_the_others(
    installation: TeamsInstallation,
) -> None:
    compare(installation, make_parts(12))

    message = ask(installation, "changes 3358285")
    content = message["attachments"][0]["content"]
    assert "AML Policy 2026.docx What changed 12 changed; 12 amounts" in read_text(content)
    assert "Differences 1–5 of 12" in read_text(content)  # noqa: RUF001 - a range
    assert list_button_labels(content) == ["Later"]
    assert list_flaws(content) == []

    installation.side.click(DANA, message, "page_ahead")
    second = installation.side.shown[DANA, message["id"]]
    assert "Differences 6–10 of 12" in read_text(second)  # noqa: RUF001 - a range
    assert list_button_labels(second) == ["Earlier", "Later"]


def test_an_old_client_is_sent_the_next_differences(installation: TeamsInstallation) -> None:
    compare(installation, make_parts(12))
    message = ask(installation, "changes 3358285")

    spoil = Spoil(activity={"id": message["id"]})
    installation.side.click_in_old_client(DANA, message, "page_ahead", spoil=spoil)

    assert "Differences 6–10 of 12" in read_text(installation.teams.messages(ALONE)[-1])  # noqa: RUF001 - a range


def test_where_others_read_along_the_command_says_how_much_changed(installation: TeamsInstallation) -> None:
    compare(installation)

    text = read_text(ask(installation, "changes 3358285", CHANNEL))

    assert "1 changed; 1 amount" in text
    assert "Others read this chat." in text
    assert "EUR" not in text


def test_a_slash_command_in_a_channel_shows_them_to_the_person_alone(installation: TeamsInstallation) -> None:
    compare(installation)

    installation.side.say(DANA, CHANNEL, "changes 3358285", slash=True)

    assert "EUR 250" in read_text(installation.teams.private_messages(DANA, CHANNEL)[-1])


def test_the_card_that_show_gives_asks_for_them(installation: TeamsInstallation) -> None:
    compare(installation)
    message = ask(installation, "show 3358285")

    installation.side.click(DANA, message, "ask_changes")

    assert "EUR 250" in read_text(installation.side.shown[DANA, message["id"]])


@pytest.mark.parametrize("character", ["x", "<a", "{{", "🙂", "é "])
def test_a_reply_with_very_long_cells_is_taken(installation: TeamsInstallation, character: str) -> None:
    part = make_long_part(character)
    compare(installation, [replace(part, place=replace(part.place, heading=character * 5000))] * 20)

    message = ask(installation, "changes 3358285")

    assert "OLD" in read_text(message)
    assert len(json.dumps(message["attachments"])) <= 28 * 1024
