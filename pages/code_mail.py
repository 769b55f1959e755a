"""Mails with a code."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING, Protocol

from reviews.cards.card_drawing import draw_card
from reviews.language import _, gettext_noop
from reviews.people.mailed_codes import CODE_VALID_FOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.model import Review

MAX_TITLE_LENGTH = 120
_INVISIBLE = "\u200b"
_TEXT = gettext_noop("""\
{code}

is your code to answer for this document:

    {title}
    in {path}

Enter it on the page that asked for it, at {address}.
It is valid for {minutes} minutes, once, and only in the browser that requested it.

We never ask for this code by phone, chat or mail. If you did not request it,
do nothing: without it, no one can answer in your name.
""")
_TEXT_TO_SIGN_IN = gettext_noop("""\
{code}

is your code to sign in to your reviews.

Enter it on the page that asked for it, at {address}.
It is valid for {minutes} minutes, once, and only in the browser that requested it.

We never ask for this code by phone, chat or mail. If you did not request it,
do nothing: without it, no one can answer in your name.
""")


class MailSender(Protocol):
    """Sender of mail. Each call may raise a `RemoteError`."""

    def send(self, message: EmailMessage) -> None: ...

    def greet(self) -> None: ...


class SmtpCodeMail:
    """Implementation of the port in `reviews.people.code_mail`."""

    def __init__(self, mailer: MailSender, outside_address: str) -> None:
        self._mailer = mailer
        self._address = outside_address

    def send(self, address: str, code: str, review: Review | None) -> None:
        if review is None:
            self._mailer.send(write_sign_in_code_mail(address, code, outside_address=self._address))
        else:
            self._mailer.send(write_answer_code_mail(address, code, review, outside_address=self._address))

    def check_server(self) -> None:
        self._mailer.greet()


def write_answer_code_mail(address: str, code: str, review: Review, *, outside_address: str) -> EmailMessage:
    """Return the mail; its subject omits the code, because subjects show on locked screens."""
    card = draw_card(review)
    title = _shorten_title(card.title)
    # Keep a title that looks like an encoded word from being decoded.
    subject = _("Your code to answer for {title}").format(title=title).replace("=?", f"={_INVISIBLE}?")
    values = {"title": title, "path": _shorten_title(card.path)}
    return _write_mail(address, subject, _(_TEXT), code=code, address=outside_address, extra_values=values)


def write_sign_in_code_mail(address: str, code: str, *, outside_address: str) -> EmailMessage:
    """Return the mail with a code that is not for a particular review."""
    return _write_mail(
        address, _("Your code to sign in"), _(_TEXT_TO_SIGN_IN), code=code, address=outside_address
    )


def _write_mail(
    recipient: str,
    subject: str,
    text: str,
    *,
    code: str,
    address: str,
    extra_values: Mapping[str, str] | None = None,
) -> EmailMessage:
    message = EmailMessage()
    message["To"] = recipient
    message["Subject"] = subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        text.format(
            code=f"{code[:4]} {code[4:]}",
            address=address,
            minutes=CODE_VALID_FOR.seconds // 60,
            **(extra_values or {}),
        )
    )
    return message


def _shorten_title(text: str) -> str:
    return text if len(text) <= MAX_TITLE_LENGTH else f"{text[: MAX_TITLE_LENGTH - 1]}…"
