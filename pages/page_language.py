"""The language of a page: our best match for the browser, in use until its request ends."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from flask import g, request
from jinja2 import StrictUndefined

from pages import navigation
from reviews.cards import answer_progress, card_steps
from reviews.cards.card_campaign import explain_closed
from reviews.cards.card_sentences import summarize
from reviews.cards.card_state import choose_look, describe_remarks, label_look
from reviews.cards.meaning import (
    ask_for_meaning,
    explain_recording,
    introduce_statement,
    list_meaning_rows,
)
from reviews.language import (
    LANGUAGES,
    _,
    format_date,
    format_number,
    get_language,
    list_month_names,
    match_locales,
    ngettext,
    use_language,
)
from reviews.text import clean_text
from reviews.wording.labels import split_answer_note
from reviews.wording.placeholders import format_name
from reviews.wording.step_sentences import add_step_name, join_recipients

if TYPE_CHECKING:
    from flask import Blueprint, Response
    from flask.blueprints import BlueprintSetupState


def set_up_language(blueprint: Blueprint) -> None:
    """Make a blueprint answer in the language of the visitor.

    This comes first in the blueprint's request handling, so that later errors are in that language too.
    """
    blueprint.record_once(_set_up_templates)
    blueprint.url_value_preprocessor(_begin)
    blueprint.after_request(_add_language_header)
    blueprint.teardown_request(_end)


def _set_up_templates(state: BlueprintSetupState) -> None:
    """Add to the templates what each needs: `_`, `trans`, dates, navigation; safe to call twice."""
    templates = state.app.jinja_env
    templates.undefined = StrictUndefined  # a name that is not there is our mistake
    templates.add_extension("jinja2.ext.i18n")
    templates.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]
    templates.globals.update(
        current_language=get_language,
        format_date=format_date,
        months=list_month_names,
        progress=answer_progress,
        number=format_number,
    )
    templates.globals.update(format_name=format_name, clean_text=clean_text, note_lines=split_answer_note)
    templates.globals.update(
        describe_remarks=describe_remarks, choose_look=choose_look, label_look=label_look
    )
    templates.globals.update(summarize=summarize, steps=card_steps)
    templates.globals.update(add_step_name=add_step_name, join_recipients=join_recipients)
    templates.globals.update(
        list_meaning_rows=list_meaning_rows,
        explain_recording=explain_recording,
        introduce_statement=introduce_statement,
        ask_for_meaning=ask_for_meaning,
        explain_closed=explain_closed,
    )
    templates.globals.update(places=navigation.list_navigation, address_of=navigation.find_page_address)


def read_shown_language() -> str | None:
    """Return the language of the page that a submitted form was on; the browser's may be another by now.

    `None`, as in chats, for one that this release doesn't have. A form of an earlier release names none: its
    page was in the browser's.
    """
    shown = request.form.get("language") or get_language()
    return shown if shown in LANGUAGES else None


def _begin(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    locale_name = match_locales(locale for locale, quality in request.accept_languages if quality > 0)
    g.voice = ExitStack()
    g.voice.enter_context(use_language(locale_name))


def _add_language_header(response: Response) -> Response:
    response.headers["Content-Language"] = get_language()
    response.vary.add("Accept-Language")
    return response


def _end(_error: BaseException | None) -> None:
    if "voice" in g:
        g.pop("voice").close()
