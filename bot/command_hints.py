"""Hints for commands that can't be parsed: examples and corrections."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from bot.command_requests import Verb
from reviews.language import _
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.command_tokens import Token

EXAMPLES = {
    Verb.RECENT: "recent 10 since 7d in 539564 kind content",
    Verb.PENDING: "pending mine",
    Verb.OVERDUE: "overdue",
    Verb.MINE: "mine",
    Verb.SHOW: "show https://acme.onlyoffice.com/doceditor?fileid=47",
    Verb.CHANGES: "changes https://acme.onlyoffice.com/doceditor?fileid=47",
    Verb.RECEIPT: "receipt https://acme.onlyoffice.com/doceditor?fileid=47",
    Verb.STATS: "stats 30d",
    Verb.WEB: "web",
    Verb.AWAY: "away until Monday",
    Verb.BACK: "back",
    Verb.SUBSCRIBE: 'subscribe "Legal / Compliance" content created digest daily',
    Verb.UNSUBSCRIBE: 'unsubscribe "Legal / Compliance"',
    Verb.SUBSCRIPTIONS: "subscriptions",
    Verb.DIGEST: "digest daily 09:00",
    Verb.CAMPAIGN: 'campaign start "Policies 2026" "Legal / Compliance" until Friday anna@example.com',
    Verb.HELP: "help recent",
}


# Words that people type instead and that do not resemble ours.
_SYNONYMS = {
    **dict.fromkeys(("from", "form", "of", "within", "inside", "under", "folder", "route"), "in"),
    **dict.fromkeys(("who", "user", "person", "author", "editor"), "by"),
    **dict.fromkeys(("type", "change"), "kind"),
    **dict.fromkeys(("last", "newer"), "since"),
    **dict.fromkeys(("list", "latest", "history"), "recent"),
    **dict.fromkeys(("open", "waiting", "todo"), "pending"),
    **dict.fromkeys(("late", "due"), "overdue"),
    **dict.fromkeys(("me", "my"), "mine"),
    **dict.fromkeys(("find", "status", "search"), "show"),
    **dict.fromkeys(("diff", "difference", "differences", "compare", "what"), "changes"),
    **dict.fromkeys(("proof", "proofs", "prove", "ledger", "evidence"), "receipt"),
    **dict.fromkeys(("statistics", "figures", "numbers"), "stats"),
    **dict.fromkeys(("page", "browser", "website", "login", "csv"), "web"),
    **dict.fromkeys(
        ("absent", "absence", "holiday", "holidays", "vacation", "leave", "urlaub", "abwesend", "cancel"),
        "away",
    ),
    **dict.fromkeys(
        ("delete", "remove", "undo", "drop", "absagen", "abbrechen", "streichen", "stornieren", "löschen"),
        "cancel",
    ),
    **dict.fromkeys(("return", "returned", "here", "present", "zurück"), "back"),
    **dict.fromkeys(("till", "til", "bis", "to"), "until"),
    **dict.fromkeys(("starting", "beginning", "ab", "von"), "from"),
    **dict.fromkeys(("follow", "watch"), "subscribe"),
    **dict.fromkeys(("unfollow", "unwatch"), "unsubscribe"),
    **dict.fromkeys(("summary", "report"), "digest"),
    **dict.fromkeys(("kampagne", "kampagnen"), "campaign"),
    **dict.fromkeys(("begin", "create", "new", "starten", "starte", "neu"), "start"),
    **dict.fromkeys(("stop", "close", "finish", "ende", "beenden", "beende"), "end"),
    **dict.fromkeys(("zeige", "zeigen"), "show"),
}


class CommandSyntaxError(Exception):
    """A command that can't be parsed.

    `correction` is a word that may have been meant, and the tokens that it would replace.
    """

    def __init__(self, hint: str, correction: tuple[str, Sequence[Token]] | None = None) -> None:
        super().__init__(hint)
        self.hint = hint
        self.correction = correction


def find_nearest_word(word: str, words: Sequence[str]) -> str | None:
    """Return the word that was probably meant, or `None`."""
    if _SYNONYMS.get(word) in words:
        return _SYNONYMS[word]
    matches = difflib.get_close_matches(word, [str(each) for each in words], n=1, cutoff=0.5) if word else []
    return matches[0] if matches else None


def build_stray_word_error(
    token: Token, words: Sequence[str], *, unsuggested: Sequence[str] = ()
) -> CommandSyntaxError:
    """Return the error of a word that none of `words` is; `unsuggested` are those that no one types."""
    near = find_nearest_word(token.key, [word for word in words if word not in unsuggested])
    hint = _("I don't understand {word} there.").format(word=quote_token(token))
    if near is None or near == token.key:  # the word itself, in another place
        return CommandSyntaxError(hint)
    return CommandSyntaxError(f"{hint} {format_suggestion(near)}", (near, [token]))


def format_suggestion(word: str) -> str:
    return _("Did you mean {word}?").format(word=word)


def quote_token(token: Token) -> str:
    return repr(clean_text(token.text)[:40])


def correct_command(tokens: Sequence[Token], error: CommandSyntaxError) -> str | None:
    """Return the whole command with the meant word in it, as a person would type it."""
    if error.correction is None:
        return None
    word, wrong = error.correction
    corrected: list[str] = []
    for token in tokens:
        if not any(token is each for each in wrong):
            corrected.append(_format_token(token))
        elif token is wrong[0]:
            corrected.append(word)
    return " ".join(corrected)


def _format_token(token: Token) -> str:
    if token.mention:
        return f"<@{token.mention}|{token.text}>"
    if token.group:
        return f"<!subteam^{token.group}|{token.text}>"
    return f'"{token.text}"' if token.quoted else token.text
