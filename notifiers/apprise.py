"""The channel `apprise:<name>`: text with a link, to the service of the Apprise address in `APPRISE_<NAME>`.

The library reports whether the service took a message; why not is only in the library's log, beside addresses
that hold keys. So that log is kept out of ours. It is read only for a status or for how a connection failed;
nothing of it is repeated.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import defaultdict
from datetime import timedelta
from http import HTTPStatus
from itertools import accumulate
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import apprise
from apprise import NotifyFormat, NotifyType, OverflowMode
from apprise.conversion import convert_between

from notifiers import UnusableSetting
from notifiers.shared.card_links import (
    NO_LINKS,
    CardLinks,
    label_links,
    label_page_links,
    link_to_pages,
)
from notifiers.shared.card_text import (
    MAIL_ADDRESS,
    Fact,
    list_facts,
    make_button_address,
    shorten_name,
    write_date,
    write_headline,
)
from notifiers.shared.notice_text import (
    describe_deadline,
    find_document_link,
    find_page_link,
    label_answers_link,
    list_copied_lines,
    list_notice_lines,
)
from notifiers.shared.reminder_text import describe_reminders, describe_unlisted, join_reminder_text
from notifiers.shared.snippet_text import list_snippets
from reviews.cards.card import Card, CardAction
from reviews.errors import OutcomeUnknown, Permanent, RemoteError, TryLater
from reviews.kinds import Decision
from reviews.language import _
from reviews.notice import NoticeKind, ReminderListNotice, is_answerable
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from apprise.logger import NotifyLogEntry

    from notifiers import ChannelContext
    from reviews.model import Answerable
    from reviews.notice import Notice

EXAMPLE = "apprise:ops"
LEADS_TO_PAGE = True
SERVICE_TIMEOUT_SECONDS = 20.0  # seconds for a post as a whole
READ_TIMEOUT_SECONDS = (
    10.0  # for an answer; the library's own is short, and a post after a timeout comes twice
)
MAX_TITLE_LENGTH, MAX_FACT_LENGTH = 150, 300
_ANSWER_FACTS = (Fact.FILE, Fact.BULK, Fact.TITLE_BEFORE, Fact.FILES, Fact.VERSION, Fact.STATUS, Fact.NOTE)
_INVISIBLE = "\u200b"
# Marks that mention people, or hide a link's address, in chats that read text for marks.
_ACTIVE_MARKS = re.compile(rf"(?P<address>{MAIL_ADDRESS.pattern})|[@<]|\](?=\()", MAIL_ADDRESS.flags)
# Some chats also read these within a word.
_CALLS_ALL = re.compile("@(all|channel|everyone|here|room)\\b", re.IGNORECASE)
_MATRIX = "matrixs"
_KINDS = {
    None: NotifyType.INFO,
    Decision.ACKNOWLEDGE: NotifyType.SUCCESS,
    Decision.REQUEST_CHANGES: NotifyType.WARNING,
}
_TYPE_BY_NOTICE = {
    NoticeKind.OVERDUE: NotifyType.WARNING,
    NoticeKind.CAMPAIGN_OVERDUE: NotifyType.WARNING,
    NoticeKind.ALARM: NotifyType.FAILURE,
    NoticeKind.ALARM_OVER: NotifyType.SUCCESS,
}
_SOCKET_ERROR = "Socket Exception"
# The log's text about a failure; how a connection failed shows whether anything of the message was sent.
_FAILURE_PATTERN = re.compile(
    r"\berror=(?P<status>[1-5][0-9]{2})\b|"
    r"\(Caused by (?P<unreached>NewConnection|NameResolution|ConnectTimeout|Proxy|SSL)Error\b|"
    f"{_SOCKET_ERROR}"
)


class Apprise:
    """Posts each stage of a card once. The address of a target is a name, in lower case."""

    def __init__(
        self, services: Mapping[str, apprise.NotifyBase], acknowledge_link: Callable[[Answerable], str]
    ) -> None:
        """`services` are the places by their names."""
        self._services = services
        self._acknowledge_link = acknowledge_link
        self._alone: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @property
    def post_interval(self) -> timedelta:
        """The longest interval that a service here asks for; otherwise the library would sleep for it."""
        rates = [service.request_rate_per_sec for service in self._services.values()]
        return timedelta(seconds=max(rates, default=0))

    def post(self, target: str, card: Card) -> str:
        service = self._require_service(target)
        card_links = link_to_pages(card, self._acknowledge_link)
        title, body, form = _render_card(service, card, self._acknowledge_link(card), card_links)
        kind = _KINDS[_find_decision(card)]
        self._notify(target, title=title, body=body, body_format=form, notify_type=kind)
        return card.stage

    def post_notice(self, target: str, notice: Notice) -> str:
        link = self._acknowledge_link(notice) if is_answerable(notice) else ""
        title, body, form = _render_notice(self._require_service(target), notice, link)
        kind = _TYPE_BY_NOTICE.get(notice.kind, NotifyType.INFO)
        self._notify(target, title=title, body=body, body_format=form, notify_type=kind)
        return notice.key

    def _require_service(self, target: str) -> apprise.NotifyBase:
        service = self._services.get(target)
        if service is None:
            raise Permanent(f"no route names apprise:{target} any more")
        return service

    def _notify(self, target: str, **content: Any) -> None:
        service = self._require_service(target)
        sender = apprise.Apprise(service, asset=service.asset)
        with self._alone[target]:  # a service keeps its sign-in, and is not made for two threads
            result = sender.notify(log_level=logging.DEBUG, **content)
        if not result:
            raise _explain_failure(_format_setting_name(target), result.logs())

    def is_public(self, target: str) -> bool:  # noqa: ARG002
        """Return `True`: the readers of a service are unknown."""
        return True

    def find_message(self, target: str, card_or_notice: Card | Notice, *, since: datetime) -> str | None:  # noqa: ARG002
        raise Permanent(f"Apprise can't look for what was posted to apprise:{target}")


def _find_decision(card: Card) -> Decision | None:
    """Return how a review ended; an acknowledgement that was carried over counts as one."""
    if card.answer:
        return card.answer.decision
    return Decision.ACKNOWLEDGE if card.is_carried else None


def render(
    card: Card, acknowledge_link: str, escape: Callable[[str], str], card_links: CardLinks = NO_LINKS
) -> list[str]:
    """Return the card as lines, with the answer's facts if it is answered; `escape` makes a line literal.

    The link to answer comes first, and snippets of the document last: services have limits of their own, and
    too long a text loses its end.
    """
    facts = list_facts(card, facts=_ANSWER_FACTS) if card.answer else list_facts(card)
    lines = [escape(f"{label}: {shorten_name(text, MAX_FACT_LENGTH)}") for label, text in facts]
    lines += [escape(f"{label}: {text}") for label, text in list_snippets(card)]
    link_lines = [f"{CardAction.OPEN.label}: {_quote_address(card.link)}"] if card.link else []
    links = [*label_page_links(card), *label_links(card_links)]
    link_lines += [f"{label}: {address}" for label, address in links]
    if CardAction.ACKNOWLEDGE not in card.actions:
        return [*lines, *link_lines]
    return [f"{_('Acknowledge review or request changes')}: {acknowledge_link}", *link_lines, "", *lines]


def why_not(address: str) -> str | None:
    """Return why this is no name of an Apprise address; in the settings it is in capitals."""
    # APPRISE_OPS_FILE is the path of a file that holds APPRISE_OPS.
    if re.fullmatch("(?!(?:.*_)?file$)[a-z0-9_]+", address):
        return None
    return (
        f"{address!r} is no name of an Apprise address: take small letters, digits and _, not ending with "
        f"file, as in {EXAMPLE!r}, whose address is in {_format_setting_name('ops')}"
    )


def build(context: ChannelContext) -> Apprise:
    context.setting("SECRET_KEY")  # signs the link to answer
    _silence_library_log()
    services = {name: _build_service(name, context) for name in sorted(context.addresses)}
    return Apprise(services, context.acknowledge_link)


def _format_setting_name(name: str) -> str:
    return f"APPRISE_{name.upper()}"


def _build_service(name: str, context: ChannelContext) -> apprise.NotifyBase:
    """Return the one place that an address names; retries and their outcome are up to us."""
    setting = _format_setting_name(name)
    asset = apprise.AppriseAsset(
        app_id="docspace-review",
        image_url_mask=None,
        http_redirects=False,
        service_timeout=SERVICE_TIMEOUT_SECONDS,
    )
    service = apprise.Apprise.instantiate(context.setting(setting), asset=asset)
    if service is None:
        raise UnusableSetting(f"{setting}: Apprise does not understand this address")
    service.retry, service.optional = 0, False
    service.overflow_mode = OverflowMode.TRUNCATE
    if service.socket_read_timeout == apprise.URLBase.socket_read_timeout:  # the address names no other
        service.socket_read_timeout = READ_TIMEOUT_SECONDS
    if len(service) > 1:
        raise UnusableSetting(
            f"{setting}: names several places; give each of them a name and an address of its own"
        )
    return service


def _silence_library_log() -> None:
    log = logging.getLogger("apprise")
    log.handlers, log.propagate = [logging.NullHandler()], False
    log.setLevel(logging.DEBUG)


def _render_card(
    service: apprise.NotifyBase, card: Card, link: str, card_links: CardLinks
) -> tuple[str, str, NotifyFormat]:
    """Return title, body and their format: text, which the library turns into HTML if needed.

    The library would turn a link into literal Markdown, which leads nowhere, so Markdown is written here.
    """
    heading = write_headline(card, max_length=MAX_TITLE_LENGTH)
    if service.resolve_format(NotifyFormat.TEXT) is not NotifyFormat.MARKDOWN:
        title, body = _split_title(service, _neutralize(heading), render(card, link, _neutralize, card_links))
        return title, body, NotifyFormat.TEXT
    title = _convert_to_markdown(heading) if _has_title_in_body(service) else _neutralize(heading)
    return *_split_title(
        service, title, render(card, link, _convert_to_markdown, card_links)
    ), NotifyFormat.MARKDOWN


def _render_notice(service: apprise.NotifyBase, notice: Notice, link: str) -> tuple[str, str, NotifyFormat]:
    """Return title, body and format of a notice, as `_render_card` does for a card."""
    literal = service.resolve_format(NotifyFormat.TEXT) is not NotifyFormat.MARKDOWN
    escape = _neutralize if literal else _convert_to_markdown
    sentence, *rest = list_notice_lines(notice)
    due, document_link = (
        describe_deadline(notice, write_date),
        make_button_address(find_document_link(notice)),
    )
    links = [f"{label_answers_link(notice)}: {link}"] if link else []
    links += [f"{CardAction.OPEN.label}: {_quote_address(document_link)}"] if document_link else []
    if page := find_page_link(notice):
        links += [f"{page[0]}: {_quote_address(page[1])}"]
        rest = rest[:-1]
    if isinstance(notice, ReminderListNotice) and not notice.only_campaign:
        lines = _write_reminders(notice, escape)
    else:
        lines = [escape(line) for line in (*rest, *((due,) if due else ()))]
    lines += _write_copied(list_copied_lines(notice), literal=literal)
    heading = shorten_name(sentence, MAX_TITLE_LENGTH)
    title = escape(heading) if _has_title_in_body(service) else _neutralize(heading)
    content = [*links, *lines] or ([] if _is_matrix(service) else [escape(heading)])
    return *_split_title(service, title, content), NotifyFormat.TEXT if literal else NotifyFormat.MARKDOWN


def _write_reminders(notice: ReminderListNotice, escape: Callable[[str], str]) -> list[str]:
    """Return the reviews of a list, each with its address on a line below."""
    lines = []
    for each in describe_reminders(notice, write_date):
        lines.append(escape(join_reminder_text(each)))
        lines += [_quote_address(each.link)] if each.link else []
    rest = describe_unlisted(notice)
    return [*lines, *([escape(rest)] if rest else [])]


def _write_copied(lines: list[str], *, literal: bool) -> list[str]:
    """Return lines that people copy as one piece, which is shown as a whole or not at all.

    A fence is longer than any run of backticks within it (CommonMark, 4.5).
    """
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = [] if literal else ["`" * max(3, longest + 1)]
    return ["\n".join(["", *fence, *lines, *fence])] if lines else []


def _split_title(service: apprise.NotifyBase, title: str, lines: list[str]) -> tuple[str, str]:
    """Return title and body; for Matrix in one: the library puts `# ` before a title and CRLF behind it.

    Matrix shows that text as it is.
    """
    if _is_matrix(service):
        return "", _join_fitting_lines([title, *(["", *lines] if lines else [])], service)
    return title, _join_fitting_lines(lines, service)


def _has_title_in_body(service: apprise.NotifyBase) -> bool:
    return service.title_maxlen <= 0 or _is_matrix(service)


def _is_matrix(service: apprise.NotifyBase) -> bool:
    return service.secure_protocol == _MATRIX


def _join_fitting_lines(lines: list[str], service: apprise.NotifyBase) -> str:
    """Return as many lines as a service takes, at least the first: the library would cut within a line."""
    max_length = service.body_maxlen - max(
        2 * MAX_TITLE_LENGTH, service.title_maxlen
    )  # an escaped title may be longer
    sizes = accumulate(len(line) + 1 for line in lines)
    fitting = [line for line, size in zip(lines, sizes, strict=True) if size <= max_length]
    return "\n".join(fitting or lines[:1])


def _neutralize(text: str) -> str:
    """Return text without mentions and hidden links: an invisible character disarms each mark.

    A mail address mentions no one, and people copy it: it stays as it is.
    """
    return _ACTIVE_MARKS.sub(_neutralize_mark, text)


def _neutralize_mark(mark: re.Match[str]) -> str:
    if mark["address"] and not _CALLS_ALL.search(mark[0]):
        return mark[0]
    return mark[0].replace("@", f"@{_INVISIBLE}") if mark["address"] else f"{mark[0]}{_INVISIBLE}"


def _convert_to_markdown(text: str) -> str:
    markdown: str = convert_between(NotifyFormat.TEXT, NotifyFormat.MARKDOWN, _neutralize(text))  # type: ignore[no-untyped-call]
    return markdown


def _quote_address(link: str) -> str:
    return quote(clean_text(link), safe=":/?#&=+,;%~-._!$'")


def _explain_failure(setting: str, log: Iterable[NotifyLogEntry]) -> RemoteError:
    """Return the error for the next attempt, from the library's log; nothing of the log is repeated."""
    failures = "\n".join(entry.message for entry in log if _is_failure_entry(entry))
    *_, last = [None, *_FAILURE_PATTERN.finditer(failures)]
    if last and last["status"]:
        return _explain_status(setting, int(last["status"]))
    if last and last["unreached"]:
        return TryLater(f"the service of {setting} can't be reached")
    return OutcomeUnknown(f"the service of {setting} did not say that it took the message")


def _is_failure_entry(entry: NotifyLogEntry) -> bool:
    """Ignore entries that repeat our message or the service's answer: anyone could have written those."""
    return entry.level in {"WARNING", "ERROR"} or entry.message.startswith(_SOCKET_ERROR)


def _explain_status(setting: str, status: int) -> RemoteError:
    where = f"the service of {setting}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TryLater(f"{where} asks to slow down")
    if status in {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE}:
        return TryLater(f"{where} is not available ({status})")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return OutcomeUnknown(f"{where} had an error of its own ({status})")
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Permanent(f"{where} refuses its key ({status}): make a new one and put it into {setting}")
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return Permanent(f"{where} knows no such place ({status}): check the address in {setting}")
    return Permanent(f"{where} refuses the message ({status}): check the address in {setting}")
