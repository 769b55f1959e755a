"""What every channel keeps, whatever it speaks to; each function fails with what is not kept.

`module` is the channel's own. `remote_service` makes a stand-in, see `tests/notifiers/remote_services.py`.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from reviews.cards.card_drawing import draw_card
from reviews.cards.notifier import RedrawingNotifier
from reviews.errors import Permanent, RemoteError, TryLater, Unreachable
from reviews.kinds import Decision
from reviews.notice import NoticeKind, make_person_target
from reviews.routes.route import Target
from tests.notifiers.surroundings import make_channel_context
from tests.reviews.samples import HOSTILE, START, answered_review, notice, review

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import ModuleType

    from reviews.cards.notifier import Notifier
    from tests.notifiers.remote_services import RemoteService

    Makes = Callable[[], AbstractContextManager[RemoteService]]

STAGES = [
    review(),
    review(revision=2),
    answered_review(),
    answered_review(Decision.REQUEST_CHANGES, note="No."),
]


def takes_its_example_and_no_words(name: str, module: ModuleType) -> None:
    """It says what it is; an address that is none is answered with one that is."""
    assert module.__doc__
    if module.EXAMPLE is None:
        return
    target = Target.parse(module.EXAMPLE)
    assert (target.notifier, module.why_not(target.address)) == (name, None)
    for wrong in ("two words", "", f"{target.address}\n"):
        assert module.EXAMPLE in (module.why_not(wrong) or ""), repr(wrong)


def asks_for_its_settings_when_it_is_built(module: ModuleType) -> None:
    """What is missing stops the start; it does not wait for the first card."""
    with pytest.raises(KeyError):
        module.build(make_channel_context(addresses=[Target.parse(module.EXAMPLE).address]))


def posts_and_tells_each_stage(module: ModuleType, remote_service: Makes) -> None:
    """Where nothing is redrawn, every stage is a post of its own, known by its name."""
    with remote_service() as service:
        channel = _built(module, service)
        assert channel.post_interval >= timedelta()
        posted = [channel.post(service.target, draw_card(stage)) for stage in STAGES]
        if isinstance(channel, RedrawingNotifier):
            channel.update(service.target, posted[0], draw_card(answered_review()))
    assert all(posted)
    if not isinstance(channel, RedrawingNotifier):
        assert posted == [draw_card(stage).stage for stage in STAGES]


def tells_each_notice(module: ModuleType, remote_service: Makes) -> None:
    """What is told beside a card is told with its words, whatever its kind, and returns the message's id."""
    with remote_service() as service:
        channel = _built(module, service)
        posted = [channel.post_notice(service.target, notice(kind)) for kind in NoticeKind]
        if isinstance(channel, RedrawingNotifier):
            card = channel.post_notice(service.target, notice(NoticeKind.CAMPAIGN))
            channel.update_notice(service.target, card, notice(NoticeKind.CAMPAIGN, title=HOSTILE))
        broken = channel.post_notice(
            service.target, notice(NoticeKind.CHANGES_REQUESTED, title=HOSTILE, note=HOSTILE)
        )
    assert all(posted)
    assert broken


def reaches_a_person_or_says_that_it_can_not(module: ModuleType, remote_service: Makes) -> None:
    """A channel that writes to people alone says of a stranger that nothing was sent, or sends it."""
    with remote_service() as service:
        channel = _built(module, service)
        assert getattr(module, "REACHES_PEOPLE", False) is (service.member is not None)
        if service.member is None:
            return
        outcome = notice(NoticeKind.OUTCOME, thread=channel.post(service.target, draw_card(review())))
        assert channel.post_notice(make_person_target(service.member), outcome)
        for_strangers = contextlib.nullcontext() if service.takes_strangers else pytest.raises(Unreachable)
        with for_strangers:
            assert channel.post_notice(make_person_target("nobody@example.com"), outcome)


def says_that_it_can_not_look_where_it_redraws_nothing(module: ModuleType, remote_service: Makes) -> None:
    """Then people answer on the page, so its cards lead there."""
    with remote_service() as service:
        channel = _built(module, service)
        if isinstance(channel, RedrawingNotifier):
            return
        with pytest.raises(Permanent):
            channel.find_message(service.target, draw_card(review()), since=START)
    assert module.LEADS_TO_PAGE


def waits_for_a_service_that_is_gone(module: ModuleType, remote_service: Makes) -> None:
    """What surely was not posted is tried later, with the reason in words and no secret in them."""
    with remote_service() as service:
        channel = _built(module, service)
    with pytest.raises(RemoteError) as caught:
        channel.post(service.target, draw_card(review()))
    assert type(caught.value) is TryLater, caught.value
    assert str(caught.value)
    assert service.secret not in str(caught.value)


def _built(module: ModuleType, service: RemoteService) -> Notifier:
    asked: Any = make_channel_context(
        addresses=[service.target], conversation=service.conversation, **service.settings
    )
    built: Notifier = module.build(asked)
    return built
