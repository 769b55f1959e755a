"""The words of the command: what they mean, and what is offered instead of those that mean nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.command_hints import EXAMPLES
from bot.command_requests import (
    LARGEST_COUNT,
    MOST_DAYS,
    HelpWanted,
    Listed,
    Mine,
    Overdue,
    Pending,
    Recent,
    Request,
    Show,
    Stats,
    Subscribe,
    Subscriptions,
    Unsubscribe,
    Verb,
    Whom,
)
from bot.tokens import tokens
from bot.words import LONGEST_COMMAND, parse
from reviews.kinds import ChangeKind
from reviews.ports.listing import Turn, cursor_of
from reviews.text import plain

LEGAL = "Legal / Compliance"
WEEK = timedelta(days=7)
ADDRESS = "alice@example.com"
FOLDER_LINK = "https://acme.example.com/rooms/shared/12/filter?folder=12"
MOVED = frozenset({ChangeKind.MOVED_IN, ChangeKind.MOVED_OUT})


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", HelpWanted()),
        ("   ", HelpWanted()),
        ("help", HelpWanted()),
        ("help stats", HelpWanted(about=Verb.STATS)),
        ("recent", Recent()),
        ("RECENT 3", Recent(count=3)),
        ("  recent   20  ", Recent(count=20)),
        ("recent since 7d", Recent(since=WEEK)),
        ("recent since 1w", Recent(since=WEEK)),
        ("recent since 12H", Recent(since=timedelta(hours=12))),
        ("recent 5 since 2026-11-01", Recent(since=date(2026, 11, 1))),
        ("recent in 539564", Recent(within="539564")),
        ("recent in folder:12", Recent(within="12")),
        ("recent in Legal docs by Bob", Recent(within="Legal docs", by=Whom(name="Bob"))),
        (f'recent in "{LEGAL}"', Recent(within=LEGAL)),
        (f"recent in “{LEGAL}”", Recent(within=LEGAL)),
        (f"recent in „{LEGAL}“ by ‘Bob Chen’", Recent(within=LEGAL, by=Whom(name="Bob Chen"))),  # noqa: RUF001
        (f"recent in «{LEGAL}»", Recent(within=LEGAL)),
        ('recent in "in by kind"', Recent(within="in by kind")),
        ("recent in R&amp;D", Recent(within="R&D")),
        (f"recent in <{FOLDER_LINK}|acme.example.com>", Recent(within="12")),
        (f"recent in {FOLDER_LINK}", Recent(within="12")),
        ("recent by <@U123|dana>", Recent(by=Whom(name="dana", mention="U123"))),
        ("recent by <@U123>", Recent(by=Whom(name="@U123", mention="U123"))),
        ("recent by <@29:dana|Dana Ozola>", Recent(by=Whom(name="Dana Ozola", mention="29:dana"))),
        (f"recent by <mailto:{ADDRESS}|{ADDRESS}>", Recent(by=Whom(name=ADDRESS))),
        ("recent by O’Brien", Recent(by=Whom(name="O’Brien"))),  # noqa: RUF001
        ("recent by Anne O'Neil kind content", Recent(by=Whom(name="Anne O'Neil"), kind=ChangeKind.CONTENT)),
        ("recent kind moved_out", Recent(kind=ChangeKind.MOVED_OUT)),
        ("recent kind Moved-Out", Recent(kind=ChangeKind.MOVED_OUT)),
        ("recent kind moved out since 7d", Recent(kind=ChangeKind.MOVED_OUT, since=WEEK)),
        (f"recent 9 before {cursor_of(77)}", Recent(count=9, turn=Turn(back=True, seq=77))),
        ("pending", Pending()),
        ("Pending all", Pending()),
        ("pending mine", Pending(mine=True)),
        (f"pending mine after {cursor_of(1)}", Pending(mine=True, turn=Turn(back=False, seq=1))),
        (f"pending before {cursor_of(5)}", Pending(turn=Turn(back=True, seq=5))),
        ("overdue", Overdue()),
        ("mine", Mine()),
        ("stats", Stats()),
        ("stats 7d", Stats(days=7)),
        ("stats 2w", Stats(days=14)),
        ("subscribe 12", Subscribe(folder="12")),
        ("subscribe Legal docs", Subscribe(folder="Legal docs")),
        ("subscribe Legal docs moved_in moved_out", Subscribe(folder="Legal docs", kinds=MOVED)),
        (f'subscribe "{LEGAL}" digest daily', Subscribe(folder=LEGAL, daily=True)),
        (
            f"subscribe <{FOLDER_LINK}> moved_in moved_out digest daily",
            Subscribe(folder="12", kinds=MOVED, daily=True),
        ),
        (f'unsubscribe "{LEGAL}"', Unsubscribe(folder=LEGAL)),
        ("unsubscribe Legal docs", Unsubscribe(folder="Legal docs")),
        ("subscriptions", Subscriptions()),
        ("show rev-1", Show(subject="rev-1")),
        ("Show 3358285 please", Show(subject="3358285")),
        ("show folder:12", Show(subject="folder:12")),
        (f"show {FOLDER_LINK}", Show(subject="folder:12")),
        ("show https://acme.example.com/doceditor?fileid=7", Show(subject="7")),
        ("show <https://acme.example.com/view/7|acme.example.com/…>", Show(subject="7")),
    ],
)
def test_words_are_understood(text: str, meant: Request) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    ("text", "hint", "example_"),
    [
        ("recnt", "I don't know 'recnt'. Did you mean recent?", "recent"),
        ("recnt 5 by Bob", "Did you mean recent?", "recent 5 by Bob"),
        ("recnt 5 kind contnt", "Did you mean recent?", "recent 5 kind content"),
        ("pendign", "Did you mean pending?", "pending"),
        ("list", "Did you mean recent?", "recent"),
        ("recent 5 form Legal", "I don't know 'form' there. Did you mean in?", "recent 5 in Legal"),
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
        ("recent since 7 days", "After since stands one word", "recent since 7d"),
        ("recent since 0d", "since takes a span", "recent since 7d"),
        ("recent since 99999w", "since takes a span", "recent since 7d"),
        ("recent since 0001-01-01", "since takes a span", "recent since 7d"),
        ("recent since", "Something has to stand after since", EXAMPLES[Verb.RECENT]),
        ("recent in A in B", "in stands there twice", EXAMPLES[Verb.RECENT]),
        ("recent in https://acme.example.com/doceditor?fileid=7", "names no folder", EXAMPLES[Verb.RECENT]),
        ("recent in " + "x" * 201, "at most 200 signs", EXAMPLES[Verb.RECENT]),
        ("recent before 4d00", "can't be told", EXAMPLES[Verb.RECENT]),
        (f"recent before {cursor_of(1)} after {cursor_of(2)}", "can't be told", EXAMPLES[Verb.RECENT]),
        ("pending mien", "Did you mean mine?", "pending mine"),
        ("stats 30", "from 1d to 92d, not '30'", "stats 30d"),
        ("stats 93d", "not '93d'", "stats 30d"),
        ("show", "show takes the link of a document", EXAMPLES[Verb.SHOW]),
        ("shwo 5", "Did you mean show?", "show 5"),
        ("help statz", "Did you mean stats?", "help stats"),
        ("subscribe", "Say which folder", EXAMPLES[Verb.SUBSCRIBE]),
        ("subscribe 12 contnt", "Did you mean content?", "subscribe 12 content"),
        ("subscribe 12 digest dialy", "comes daily", "subscribe 12 digest daily"),
        ("subscribe 12 digset daily", "comes daily", "subscribe 12 digest daily"),
        ("xyzzy", "I don't know 'xyzzy'.", ""),
        ("x" * 500, "I don't know", ""),
        ("x" * 5000, "No command is that long", EXAMPLES[Verb.RECENT]),
    ],
)
def test_other_words_get_a_hint_and_a_whole_command_that_works(text: str, hint: str, example_: str) -> None:
    request = parse(text)

    assert isinstance(request, HelpWanted)
    assert hint in request.hint
    assert request.example == example_
    assert len(request.hint) < 260


def names() -> st.SearchStrategy[str]:
    """Names of all kinds of signs, as they come out of a command: one line, without quotation marks."""
    line = st.text(min_size=1, max_size=40).map(lambda text: tokens(f'"{text}"'))
    usable = line.filter(lambda found: len(found) == 1).map(lambda found: found[0].text)
    return usable.filter(
        lambda name: "://" not in name and not name.startswith("folder:") and bool(plain(name))
    )


def turns() -> st.SearchStrategy[Turn | None]:
    return st.none() | st.builds(Turn, back=st.booleans(), seq=st.integers(1, 2**31 - 1))


WORDS = [
    *("since", "in", "by", "kind", "before", "after", "digest", "daily", "content", "moved"),
    *("7d", "12", "“", "”", "'", "<", ">", "<@U1|x>", "|"),
]
spans = st.integers(1, 3660).map(lambda days: timedelta(days=days))
hours = st.integers(1, 999).map(lambda count: timedelta(hours=count))
people = st.builds(Whom, name=names()) | st.builds(
    Whom, name=names(), mention=st.from_regex(r"[A-Z0-9:.-]{1,40}", fullmatch=True)
)
requests = st.one_of(
    st.builds(
        Recent,
        count=st.integers(1, LARGEST_COUNT),
        since=st.none() | spans | hours | st.dates(date(2000, 1, 1)),
        within=st.just("") | names(),
        by=st.none() | people.filter(lambda whom: not whom.name.startswith("mailto:")),
        kind=st.none() | st.sampled_from(ChangeKind),
        turn=turns(),
    ),
    st.builds(Pending, mine=st.booleans(), turn=turns()),
    st.builds(Overdue, turn=turns()),
    st.builds(Mine, turn=turns()),
)


@given(request_=requests)
def test_what_a_page_button_carries_is_read_as_what_was_asked(request_: Listed) -> None:
    assert parse(request_.words) == request_
    assert len(request_.words) < LONGEST_COMMAND


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

    assert isinstance(request, get_args(Request))
    if isinstance(request, Recent):
        assert 1 <= request.count <= LARGEST_COUNT
    if isinstance(request, Stats):
        assert 1 <= request.days <= MOST_DAYS
    if isinstance(request, HelpWanted) and request.example:
        better = parse(request.example)
        assert not (isinstance(better, HelpWanted) and better.hint)


@pytest.mark.parametrize("verb", Verb)
def test_every_example_works(verb: Verb) -> None:
    assert parse(EXAMPLES[verb]).verb is verb
    assert not getattr(parse(EXAMPLES[verb]), "hint", "")
