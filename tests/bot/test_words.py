"""The words of the command: what they mean, and what is offered instead of those that mean nothing."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.command_hints import EXAMPLES
from bot.command_parser import MAX_COMMAND_LENGTH, parse
from bot.command_requests import (
    MAX_COUNT,
    MAX_DAYS,
    ChangesRequest,
    CommandRequest,
    DigestRequest,
    HelpRequest,
    ListRequest,
    ListSubscriptionsRequest,
    MineRequest,
    OverdueRequest,
    PendingRequest,
    PersonReference,
    RecentRequest,
    ShowRequest,
    StatsRequest,
    SubscribeChannelRequest,
    UnsubscribeChannelRequest,
    Verb,
)
from bot.command_tokens import tokenize
from notifiers.shared.reminder_text import MINE_COMMAND
from reviews.kinds import ChangeKind
from reviews.ports.listing import PageTurn, format_cursor
from reviews.routes.digest_times import DigestTimes
from reviews.text import clean_text

LEGAL = "Legal / Compliance"
WEEK = timedelta(days=7)
ADDRESS = "alice@example.com"
FOLDER_LINK = "https://acme.example.com/rooms/shared/12/filter?folder=12"
MONDAYS_AT_NINE = DigestRequest(times=DigestTimes(at=time(9), weekday=0))
MOVED = frozenset({ChangeKind.MOVED_IN, ChangeKind.MOVED_OUT})


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", HelpRequest()),
        ("   ", HelpRequest()),
        ("help", HelpRequest()),
        ("help stats", HelpRequest(topic=Verb.STATS)),
        ("recent", RecentRequest()),
        ("RECENT 3", RecentRequest(count=3)),
        ("  recent   20  ", RecentRequest(count=20)),
        ("recent since 7d", RecentRequest(since=WEEK)),
        ("recent since 1w", RecentRequest(since=WEEK)),
        ("recent since 12H", RecentRequest(since=timedelta(hours=12))),
        ("recent 5 since 2026-11-01", RecentRequest(since=date(2026, 11, 1))),
        ("recent in 539564", RecentRequest(scope="539564")),
        ("recent in folder:12", RecentRequest(scope="12")),
        (
            "recent in Legal docs by Bob",
            RecentRequest(scope="Legal docs", person=PersonReference(name="Bob")),
        ),
        (f'recent in "{LEGAL}"', RecentRequest(scope=LEGAL)),
        (f"recent in “{LEGAL}”", RecentRequest(scope=LEGAL)),
        (
            f"recent in „{LEGAL}“ by ‘Bob Chen’",  # noqa: RUF001
            RecentRequest(scope=LEGAL, person=PersonReference(name="Bob Chen")),
        ),
        (f"recent in «{LEGAL}»", RecentRequest(scope=LEGAL)),
        ('recent in "in by kind"', RecentRequest(scope="in by kind")),
        ("recent in R&amp;D", RecentRequest(scope="R&D")),
        (f"recent in <{FOLDER_LINK}|acme.example.com>", RecentRequest(scope="12")),
        (f"recent in {FOLDER_LINK}", RecentRequest(scope="12")),
        ("recent by <@U123|dana>", RecentRequest(person=PersonReference(name="dana", mention="U123"))),
        ("recent by <@U123>", RecentRequest(person=PersonReference(name="@U123", mention="U123"))),
        (
            "recent by <@29:dana|Dana Ozola>",
            RecentRequest(person=PersonReference(name="Dana Ozola", mention="29:dana")),
        ),
        (f"recent by <mailto:{ADDRESS}|{ADDRESS}>", RecentRequest(person=PersonReference(name=ADDRESS))),
        ("recent by O’Brien", RecentRequest(person=PersonReference(name="O’Brien"))),  # noqa: RUF001
        (
            "recent by Anne O'Neil kind content",
            RecentRequest(person=PersonReference(name="Anne O'Neil"), kind=ChangeKind.CONTENT),
        ),
        ("recent kind moved_out", RecentRequest(kind=ChangeKind.MOVED_OUT)),
        ("recent kind Moved-Out", RecentRequest(kind=ChangeKind.MOVED_OUT)),
        ("recent kind moved out since 7d", RecentRequest(kind=ChangeKind.MOVED_OUT, since=WEEK)),
        (
            f"recent 9 before {format_cursor(77)}",
            RecentRequest(count=9, page_turn=PageTurn(backward=True, seq=77)),
        ),
        ("pending", PendingRequest()),
        ("Pending all", PendingRequest()),
        ("pending mine", PendingRequest(own_only=True)),
        (
            f"pending mine after {format_cursor(1)}",
            PendingRequest(own_only=True, page_turn=PageTurn(backward=False, seq=1)),
        ),
        (f"pending before {format_cursor(5)}", PendingRequest(page_turn=PageTurn(backward=True, seq=5))),
        ("overdue", OverdueRequest()),
        ("overdue lapsed", OverdueRequest(lapsed_only=True)),
        (
            f"overdue lapsed after {format_cursor(3)}",
            OverdueRequest(lapsed_only=True, page_turn=PageTurn(backward=False, seq=3)),
        ),
        ("mine", MineRequest()),
        ("stats", StatsRequest()),
        ("stats 7d", StatsRequest(days=7)),
        ("stats 2w", StatsRequest(days=14)),
        ("subscribe 12", SubscribeChannelRequest(folder="12")),
        ("subscribe Legal docs", SubscribeChannelRequest(folder="Legal docs")),
        (
            "subscribe Legal docs moved_in moved_out",
            SubscribeChannelRequest(folder="Legal docs", kinds=MOVED),
        ),
        (f'subscribe "{LEGAL}" digest daily', SubscribeChannelRequest(folder=LEGAL, daily=True)),
        (
            f"subscribe <{FOLDER_LINK}> moved_in moved_out digest daily",
            SubscribeChannelRequest(folder="12", kinds=MOVED, daily=True),
        ),
        (f'unsubscribe "{LEGAL}"', UnsubscribeChannelRequest(folder=LEGAL)),
        ("unsubscribe Legal docs", UnsubscribeChannelRequest(folder="Legal docs")),
        ("subscriptions", ListSubscriptionsRequest()),
        ("digest off", DigestRequest(off=True)),
        ("digest daily 9:00", DigestRequest(times=DigestTimes(at=time(9)))),
        ("digest Mon 09:00", MONDAYS_AT_NINE),
        ("digest Monday 09:00", MONDAYS_AT_NINE),
        ("digest weekly Mon 09:00", MONDAYS_AT_NINE),
        ("digest weekly monday at 9:00", MONDAYS_AT_NINE),
        ("digest Montag um 9:00 Uhr", MONDAYS_AT_NINE),
        ("digest Tues, 23:59", DigestRequest(times=DigestTimes(at=time(23, 59), weekday=1))),
        ("digest Sonnabend 08:30", DigestRequest(times=DigestTimes(at=time(8, 30), weekday=5))),
        ("show rev-1", ShowRequest(subject="rev-1")),
        ("changes rev-1", ChangesRequest(subject="rev-1")),
        ('changes "rev-1" after 5', ChangesRequest(subject="rev-1", skipped=5)),
        (f"changes {FOLDER_LINK}", ChangesRequest(subject="folder:12")),
        ("Show 3358285 please", ShowRequest(subject="3358285")),
        ("show folder:12", ShowRequest(subject="folder:12")),
        (f"show {FOLDER_LINK}", ShowRequest(subject="folder:12")),
        ("show https://acme.example.com/doceditor?fileid=7", ShowRequest(subject="7")),
        ("show <https://acme.example.com/view/7|acme.example.com/…>", ShowRequest(subject="7")),
    ],
)
def test_words_are_understood(text: str, meant: CommandRequest) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    ("text", "hint", "example_"),
    [
        ("recnt", "I don't understand 'recnt'. Did you mean recent?", "recent"),
        ("recnt 5 by Bob", "Did you mean recent?", "recent 5 by Bob"),
        ("recnt 5 kind contnt", "Did you mean recent?", "recent 5 kind content"),
        ("pendign", "Did you mean pending?", "pending"),
        ("list", "Did you mean recent?", "recent"),
        ("recent 5 form Legal", "I don't understand 'form' there. Did you mean in?", "recent 5 in Legal"),
        ("recent from “Legal docs”", "Did you mean in?", 'recent in "Legal docs"'),
        ("recent user <@U1|dana>", "Did you mean by?", "recent by <@U1|dana>"),
        ("recent kind move_out", "Did you mean moved_out?", "recent kind moved_out"),
        ("recent kind xyzzy", "Kinds are content, created,", EXAMPLES[Verb.RECENT]),
        ("recent 0", "from 1 to 20, not '0'", "recent 20"),
        ("recent 21", "not '21'", "recent 20"),
        ("recent -1", "not '-1'", "recent 20"),
        ("recent 1.5", "not '1.5'", "recent 20"),
        ("recent ٣", "not '٣'", "recent 20"),
        ("recent " + "9" * 50, "from 1 to 20", "recent 20"),
        ("recent since yesterday", "since takes a span", "recent since 7d"),
        ("recent since 7 days", "Only one word can follow since", "recent since 7d"),
        ("recent since 0d", "since takes a span", "recent since 7d"),
        ("recent since 99999w", "since takes a span", "recent since 7d"),
        ("recent since 0001-01-01", "since takes a span", "recent since 7d"),
        ("recent since", "Something is missing after since", EXAMPLES[Verb.RECENT]),
        ("recent in A in B", "in is given twice", EXAMPLES[Verb.RECENT]),
        (
            "recent in https://acme.example.com/doceditor?fileid=7",
            "does not lead to a folder",
            EXAMPLES[Verb.RECENT],
        ),
        ("recent in " + "x" * 201, "1 to 200 characters", EXAMPLES[Verb.RECENT]),
        ("recent before 4d00", "This page is not valid", EXAMPLES[Verb.RECENT]),
        (
            f"recent before {format_cursor(1)} after {format_cursor(2)}",
            "This page is not valid",
            EXAMPLES[Verb.RECENT],
        ),
        ("pending mien", "Did you mean mine?", "pending mine"),
        ("stats 30", "from 1d to 92d, not '30'", "stats 30d"),
        ("stats 93d", "not '93d'", "stats 30d"),
        ("changes", "changes takes the id of a review", EXAMPLES[Verb.CHANGES]),
        ("changes rev-1 after x", "changes takes a number", "changes rev-1 after 5"),
        ("changes rev-1 after 1000001", "changes takes a number", "changes rev-1 after 5"),
        ("changes rev-1 after", "Something is missing after after", EXAMPLES[Verb.CHANGES]),
        ("diff rev-1", "Did you mean changes?", "changes rev-1"),
        ("show", "show takes the link of a document", EXAMPLES[Verb.SHOW]),
        ("shwo 5", "Did you mean show?", "show 5"),
        ("help statz", "Did you mean stats?", "help stats"),
        ("subscribe", "Give the folder", EXAMPLES[Verb.SUBSCRIBE]),
        ("subscribe 12 contnt", "Did you mean content?", "subscribe 12 content"),
        ("subscribe 12 digest dialy", "is the daily one", "subscribe 12 digest daily"),
        ("subscribe 12 digset daily", "is the daily one", "subscribe 12 digest daily"),
        ("xyzzy", "I don't understand 'xyzzy'.", ""),
        ("x" * 500, "I don't understand", ""),
        ("x" * 5000, "This command is too long", EXAMPLES[Verb.RECENT]),
    ],
)
def test_other_words_get_a_hint_and_a_whole_command_that_works(text: str, hint: str, example_: str) -> None:
    request = parse(text)

    assert isinstance(request, HelpRequest)
    assert hint in request.hint
    assert request.example == example_
    assert len(request.hint) < 260


def names() -> st.SearchStrategy[str]:
    """Names of all kinds of signs, as they come out of a command: one line, without quotation marks."""
    line = st.text(min_size=1, max_size=40).map(lambda text: tokenize(f'"{text}"'))
    usable = line.filter(lambda tokens: len(tokens) == 1).map(lambda tokens: tokens[0].text)
    return usable.filter(
        lambda name: "://" not in name and not name.startswith("folder:") and bool(clean_text(name))
    )


def turns() -> st.SearchStrategy[PageTurn | None]:
    return st.none() | st.builds(PageTurn, backward=st.booleans(), seq=st.integers(1, 2**31 - 1))


WORDS = [
    *("since", "in", "by", "kind", "before", "after", "digest", "daily", "content", "moved"),
    *("7d", "12", "“", "”", "'", "<", ">", "<@U1|x>", "|"),
]
spans = st.integers(1, 3660).map(lambda days: timedelta(days=days))
hours = st.integers(1, 999).map(lambda count: timedelta(hours=count))
people = st.builds(PersonReference, name=names()) | st.builds(
    PersonReference, name=names(), mention=st.from_regex(r"[A-Z0-9:.-]{1,40}", fullmatch=True)
)
requests = st.one_of(
    st.builds(
        RecentRequest,
        count=st.integers(1, MAX_COUNT),
        since=st.none() | spans | hours | st.dates(date(2000, 1, 1)),
        scope=st.just("") | names(),
        person=st.none() | people.filter(lambda whom: not whom.name.startswith("mailto:")),
        kind=st.none() | st.sampled_from(ChangeKind),
        page_turn=turns(),
    ),
    st.builds(PendingRequest, own_only=st.booleans(), page_turn=turns()),
    st.builds(OverdueRequest, lapsed_only=st.booleans(), page_turn=turns()),
    st.builds(MineRequest, page_turn=turns()),
)


@given(request_=requests)
def test_what_a_page_button_carries_is_read_as_what_was_asked(request_: ListRequest) -> None:
    assert parse(request_.words) == request_
    assert len(request_.words) < MAX_COMMAND_LENGTH


@given(
    text=st.text(max_size=60)
    | st.from_regex(r"recent [0-9]{1,14}", fullmatch=True)
    | st.lists(
        st.sampled_from(
            [
                *map(str, Verb),
                *WORDS,
            ]
        )
        | st.text(max_size=5)
    ).map(" ".join)
)
@example("recent 0000000199")
@example("help help help")
@example("subscribe digest daily digest")
def test_whatever_is_typed_is_a_request_or_gets_an_example_that_works(text: str) -> None:
    request = parse(text)

    assert isinstance(request, get_args(CommandRequest))
    if isinstance(request, RecentRequest):
        assert 1 <= request.count <= MAX_COUNT
    if isinstance(request, StatsRequest):
        assert 1 <= request.days <= MAX_DAYS
    if isinstance(request, HelpRequest) and request.example:
        better = parse(request.example)
        assert not (isinstance(better, HelpRequest) and better.hint)


@pytest.mark.parametrize("verb", Verb)
def test_every_example_works(verb: Verb) -> None:
    assert parse(EXAMPLES[verb]).verb is verb
    assert not getattr(parse(EXAMPLES[verb]), "hint", "")


def test_messages_name_the_command_that_lists_a_persons_reviews() -> None:
    assert MINE_COMMAND == Verb.MINE
