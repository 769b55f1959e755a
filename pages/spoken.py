"""The language of a page: the best of ours for the browser, spoken for as long as its request lasts."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from flask import g, request

from pages import frame
from reviews.cards import progress
from reviews.cards.card_sentences import summarize
from reviews.cards.card_state import choose_look, describe_own_change
from reviews.language import _, best, counted, dated, months, number, speaking, spoken
from reviews.text import plain
from reviews.wording.labels import note_lines
from reviews.wording.placeholders import called

if TYPE_CHECKING:
    from flask import Blueprint, Response
    from flask.blueprints import BlueprintSetupState


def speak(blueprint: Blueprint) -> None:
    """Have a blueprint answer in the language of whoever asks.

    It comes first of what the blueprint does about a request: what goes wrong later is told in it too.
    """
    blueprint.record_once(_teach)
    blueprint.url_value_preprocessor(_begin)
    blueprint.after_request(_name_it)
    blueprint.teardown_request(_end)


def _teach(state: BlueprintSetupState) -> None:
    """Give the templates what each needs: `_`, `trans`, dates, the frame; twice is as good as once."""
    templates = state.app.jinja_env
    templates.add_extension("jinja2.ext.i18n")
    templates.install_gettext_callables(_, counted, newstyle=True)  # type: ignore[attr-defined]
    templates.globals.update(spoken=spoken, dated=dated, months=months, progress=progress, number=number)
    templates.globals.update(called=called, plain=plain, note_lines=note_lines)
    templates.globals.update(describe_own_change=describe_own_change, choose_look=choose_look)
    templates.globals.update(summarize=summarize)
    templates.globals.update(places=frame.places, address_of=frame.address_of)


def _begin(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    wanted = best(locale for locale, quality in request.accept_languages if quality > 0)
    g.voice = ExitStack()
    g.voice.enter_context(speaking(wanted))


def _name_it(response: Response) -> Response:
    response.headers["Content-Language"] = spoken()
    response.vary.add("Accept-Language")
    return response


def _end(_error: BaseException | None) -> None:
    if "voice" in g:
        g.pop("voice").close()
