"""Who may subscribe a channel to what: a sentence for who asked, and a refusal changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import COMPLIANCE, OTHER, QUARTER
from demo.starting_data import DEEP
from reviews.errors import Permanent, ScopeMissing, TryLater
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind
from reviews.routes.route import Routes
from reviews.subscriptions.conversations import ConversationDetails, make_lookup_where_joined
from reviews.subscriptions.folder_search import FolderSearch
from reviews.subscriptions.subscriptions import (
    MAX_SUBSCRIPTIONS,
    SubscribeRequest,
    SubscriptionCommands,
    SubscriptionReply,
)
from reviews.tree import Place
from tests.reviews.desk import DANA
from tests.reviews.people import make_proven_person
from tests.reviews.portal_desk import both_folders, other_folder
from tests.reviews.samples import HOSTILE, OWNER
from tests.reviews.subscribed import subscribe

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson
    from reviews.ports.subscriptions import Subscription
    from tests.reviews.desk import Desk

CHANNEL = ("paper", "C9")
STRANGER = make_proven_person(Reviewer(name="Juris", email="juris@example.com", chat_ids={"slack": "U4"}))
ROOT = (("18902", "Rooms"), ("539500", "Legal & Compliance"))
INSIDE = (*ROOT, (str(COMPLIANCE), "Compliance"), (str(QUARTER), "2026 Q1"), (str(DEEP), "Incidents"))
BESIDE = (*ROOT, (str(OTHER), "Other"), ("7", "Incidents"))


class Chat:
    """What a chat says of its only channel."""

    def __init__(self) -> None:
        self.details: ConversationDetails | Exception = ConversationDetails(public=False)

    def __call__(self, target: str) -> ConversationDetails:
        assert target == CHANNEL[1]
        if isinstance(self.details, Exception):
            raise self.details
        return self.details


class Hall:
    """The use case on a desk that knows two watched folders, what is in them, and one that is not watched."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.chat, self.asked = desk, Chat(), list[str]()
        self.follow(private=False)
        with desk.transactions() as work:
            for folders in (INSIDE, BESIDE, (*ROOT, ("8", "Unwatched"))):
                work.folders.put(Place(folders=folders), at=desk.clock())
            work.commit()

    def follow(self, *, private: bool) -> None:
        self.desk.follow(Routes([replace(both_folders(), private=private), other_folder()]))
        self.case = SubscriptionCommands(
            transactions=self.desk.transactions,
            routes=self.desk.routes,
            folders=FolderSearch(
                transactions=self.desk.transactions, routes=self.desk.routes, find_place=self._look
            ),
            conversations={
                "paper": self.chat,
                "teams-bot": make_lookup_where_joined(lambda target: target == "public"),
            },
            clock=self.desk.clock,
        )

    def subscribe(
        self, folder: str, *kinds: ChangeKind, by: ProvenPerson = STRANGER, digest: bool = False
    ) -> SubscriptionReply:
        asked = SubscribeRequest(folder=folder, kinds=frozenset(kinds), digest=digest)
        return self.case.subscribe(asked, channel=CHANNEL, requester=by)

    def made(self) -> list[Subscription]:
        with self.desk.transactions(reading=True) as work:
            return work.subscriptions.list_of_channel(*CHANNEL)

    def _look(self, folder: str) -> Place | None:
        self.asked.append(folder)
        if folder == "999":
            raise TryLater("DocSpace is down")
        return Place(folders=(*INSIDE, ("70", "Brand new"))) if folder == "70" else None


@pytest.fixture
def hall(desk: Desk) -> Hall:
    return Hall(desk)


@pytest.mark.parametrize(
    "text",
    [
        str(QUARTER),
        "2026 q1",
        "Compliance / 2026 Q1",
        "legal & compliance/compliance/2026 Q1",
        f"https://acme.example.com/rooms/shared/{QUARTER}/filter?folder={QUARTER}",
        f"https://acme.example.com/rooms/shared/filter?folderId={QUARTER}",
        f"https://acme.example.com/rooms/shared/{QUARTER}",
    ],
)
def test_a_folder_is_meant_by_its_id_its_path_or_its_link(hall: Hall, text: str) -> None:
    reply = hall.subscribe(text)

    [made] = hall.made()
    assert (made.folder, made.title) == (str(QUARTER), "Legal & Compliance / Compliance / 2026 Q1")
    assert (made.made_by, made.made_at, made.digest) == ("U4", hall.desk.clock(), False)
    assert ChangeKind.METADATA not in made.kinds
    assert "Legal & Compliance / Compliance / 2026 Q1" in reply.sentence


def test_kinds_and_a_digest_are_kept_and_the_newest_subscription_counts(hall: Hall) -> None:
    hall.subscribe("Compliance")

    reply = hall.subscribe("Compliance", ChangeKind.CONTENT, ChangeKind.METADATA, digest=True)

    [made] = hall.made()
    assert (made.kinds, made.digest) == (frozenset({ChangeKind.CONTENT, ChangeKind.METADATA}), True)
    assert "daily digest" in reply.sentence
    assert reply.sentence.endswith("content, metadata.")


def test_a_folder_that_is_not_known_yet_is_looked_for_in_docspace(hall: Hall) -> None:
    hall.subscribe("70")

    assert [made.folder for made in hall.made()] == ["70"]
    assert hall.asked == ["70"]


@pytest.mark.parametrize(
    "text",
    ["8", "Unwatched", "12345", "999", "nothing", "", "/", "\0", "http://[", "https://x.example", HOSTILE],
)
def test_only_watched_folders_can_be_subscribed_to(hall: Hall, text: str) -> None:
    assert "Only watched folders" in hall.subscribe(text).sentence
    assert hall.made() == []


def test_of_several_folders_of_one_name_the_ids_are_listed(hall: Hall) -> None:
    reply = hall.subscribe("Incidents")

    assert sorted(reply.lines) == [
        f"{DEEP}: Legal & Compliance / Compliance / 2026 Q1 / Incidents",
        "7: Legal & Compliance / Other / Incidents",
    ]
    assert hall.made() == []


@pytest.mark.parametrize(
    ("details", "words"),
    [
        (ConversationDetails(public=True, member=False), "not in this channel"),
        (ConversationDetails(public=True, archived=True), "archived"),
        (ConversationDetails(public=False, direct=True), "Only a channel"),
        (ScopeMissing("no", scope="groups:read"), "scope groups:read"),
        (TryLater("down"), "is not responding"),
        (Permanent("odd"), "is not responding"),
    ],
)
def test_only_a_channel_that_the_bot_is_in_can_subscribe(
    hall: Hall, details: ConversationDetails | Exception, words: str
) -> None:
    hall.chat.details = details

    assert words in hall.subscribe("Compliance").sentence
    assert hall.made() == []


def test_a_chat_of_which_nothing_can_be_asked_has_no_channels_that_subscribe(hall: Hall) -> None:
    asked = SubscribeRequest(folder="Compliance")

    reply = hall.case.subscribe(asked, channel=("teams", "compliance"), requester=make_proven_person(DANA))

    assert "can't subscribe" in reply.sentence


@pytest.mark.parametrize("text", ["Compliance", str(DEEP)])
def test_a_public_channel_can_not_subscribe_to_what_is_private(hall: Hall, text: str) -> None:
    hall.follow(private=True)
    hall.chat.details = ConversationDetails(public=True)

    reply = hall.subscribe(text, by=make_proven_person(DANA))

    assert "only a private channel" in reply.sentence
    assert "2026" not in reply.sentence
    assert hall.made() == []


def test_a_private_folder_is_subscribed_to_by_its_owners_alone(hall: Hall) -> None:
    hall.follow(private=True)

    refused = hall.subscribe("Compliance")
    assert "only its owners and deputies" in refused.sentence
    assert hall.made() == []
    hall.subscribe("Compliance", by=make_proven_person(DANA))

    assert len(hall.made()) == 1


def test_what_is_private_is_not_named_to_others(hall: Hall) -> None:
    hall.follow(private=True)
    hall.subscribe(str(QUARTER), by=make_proven_person(DANA))

    several = hall.subscribe("Incidents")
    listed = hall.case.list_subscriptions(channel=CHANNEL, requester=STRANGER)
    mine = hall.case.list_subscriptions(channel=CHANNEL, requester=make_proven_person(DANA))

    assert several.lines == ("7: Legal & Compliance / Other / Incidents",)
    assert "2026" not in listed.lines[0]
    assert "a folder in Compliance" in listed.lines[0]
    assert "2026 Q1" in mine.lines[0]


def test_a_folder_that_no_route_watches_any_more_is_named_to_its_subscribers(hall: Hall) -> None:
    subscribe(hall.desk, 90_000, target=CHANNEL[1], title="Legal / Merger")
    hall.follow(private=True)

    maker = make_proven_person(Reviewer(name="Somebody", chat_ids={"slack": "U1"}))
    [strange], [own] = (
        hall.case.list_subscriptions(channel=CHANNEL, requester=by).lines for by in (STRANGER, maker)
    )

    assert strange.startswith("90000: 90000 (")
    assert own.startswith("90000: Legal / Merger (")


@pytest.mark.parametrize("text", [str(COMPLIANCE), "compliance", "Legal & Compliance / Compliance"])
def test_a_subscription_ends_by_the_same_words(hall: Hall, text: str) -> None:
    hall.subscribe("Compliance")

    reply = hall.case.unsubscribe(text, channel=CHANNEL, requester=STRANGER)

    assert "no longer subscribes to" in reply.sentence
    assert hall.made() == []


def test_what_does_not_end_is_answered_with_what_there_is(hall: Hall) -> None:
    assert "no subscriptions" in hall.case.unsubscribe("Other", channel=CHANNEL, requester=STRANGER).sentence
    for folder in (str(DEEP), "7"):
        hall.subscribe(folder, ChangeKind.RENAMED, digest=True)

    unknown = hall.case.unsubscribe("Other", channel=CHANNEL, requester=STRANGER)
    several = hall.case.unsubscribe("Incidents", channel=CHANNEL, requester=STRANGER)

    assert "does not subscribe to that" in unknown.sentence
    assert "Several" in several.sentence
    assert unknown.lines == several.lines
    assert several.lines[1] == "7: Legal & Compliance / Other / Incidents (renamed), once a day"
    assert len(hall.made()) == 2


def test_a_channel_lists_its_own_and_a_person_theirs(hall: Hall) -> None:
    subscribe(hall.desk, target="C1")

    assert "no subscriptions" in hall.case.list_subscriptions(channel=CHANNEL, requester=STRANGER).sentence
    [(channel, line)] = hall.case.list_of_person("paper", make_proven_person(DANA), "U1")
    assert channel == "C1"
    assert line.startswith(f"{COMPLIANCE}: Legal & Compliance (content, created")


def test_a_channel_has_a_limit(hall: Hall) -> None:
    for number in range(MAX_SUBSCRIPTIONS):
        subscribe(hall.desk, 90_000 + number)

    assert "at most" in hall.subscribe("Compliance").sentence
    assert len(hall.made()) == MAX_SUBSCRIPTIONS


def test_an_owner_may_subscribe_to_what_is_private_under_each_of_their_addresses(hall: Hall) -> None:
    hall.follow(private=True)
    dana = Reviewer(name="Dana", email="dana@private.example")

    refused = hall.subscribe("Compliance", by=make_proven_person(dana))
    made = hall.subscribe("Compliance", by=make_proven_person(dana, OWNER))

    assert "owners and deputies" in refused.sentence
    assert "now subscribes" in made.sentence


def test_a_subscription_names_the_account_in_the_first_of_the_chats(hall: Hall) -> None:
    dana = Reviewer(name="Dana", email=OWNER, chat_ids={"teams": "oid-dana", "slack": "U1"})

    hall.subscribe("Compliance", by=make_proven_person(dana))

    assert [each.made_by for each in hall.made()] == ["U1"]
