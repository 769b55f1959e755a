"""What Teams does not take of an activity that a bot sends, and a little more."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.edge import adaptive_cards
from tests.edge.teams_state import Json, Tenant

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
LARGEST_ACTIVITY = 100 * 1024
_VERSIONS = {"1.0", "1.1", "1.2", "1.3", "1.4"}
_MENTION = re.compile("<at>.*?</at>")


def cards(activity: Json) -> list[Json]:
    """Return the Adaptive Cards of a message."""
    attached = activity.get("attachments") or []
    return [each["content"] for each in attached if each.get("contentType") == CARD_TYPE]


def problems(tenant: Tenant, activity: Any) -> list[str]:
    """Return what is wrong with a message; of people only those in the tenant can be mentioned."""
    if not isinstance(activity, dict) or activity.get("type") != "message":
        return ["it is no message"]
    attached = activity.get("attachments") or []
    problems_found = [] if activity.get("text") or attached else ["neither text nor attachments"]
    if activity.get("textFormat", "markdown") not in {"markdown", "plain", "xml"}:
        problems_found.append("an unknown textFormat")
    wrong = [name for name in ("text", "summary") if not isinstance(activity.get(name, ""), str)]
    problems_found += [f"{name} is no text" for name in wrong]
    for each in attached:
        problems_found += _attachment_problems(tenant, each)
    return problems_found or _unnamed(activity.get("text", ""), activity.get("entities") or [], tenant)


def card_problems(tenant: Tenant, card: Any) -> list[str]:
    """Return what is wrong with a card, its mentions included."""
    if not isinstance(card, dict):
        return ["the card is no object"]
    mentions = (card.get("msteams") or {}).get("entities") or []
    text = json.dumps([*texts(card)], ensure_ascii=False)
    aged = [] if card.get("version") in _VERSIONS else ["the version is none that is drawn"]
    return adaptive_cards.find_schema_problems(card) + aged + _unnamed(text, mentions, tenant)


def texts(element: Any) -> Iterator[str]:
    """Yield all text of a card that a person sees, in its order."""
    if isinstance(element, list):
        for each in element:
            yield from texts(each)
    if not isinstance(element, dict):
        return
    for name, value in element.items():
        if name in {"text", "title", "value", "label", "altText"} and isinstance(value, str):
            yield value
        elif name not in {"data", "fallback", "msteams"}:
            yield from texts(value)


def _attachment_problems(tenant: Tenant, attached: Any) -> list[str]:
    if not isinstance(attached, dict) or attached.get("contentType") != CARD_TYPE:
        return ["an attachment that is no Adaptive Card"]
    return card_problems(tenant, attached.get("content"))


def _unnamed(text: str, entities: list[Json], tenant: Tenant) -> list[str]:
    """Return the mentions that name no person, or that stand nowhere."""
    mentions = {each.get("text"): each for each in entities if each.get("type") == "mention"}
    written = set(_MENTION.findall(text))
    names = {
        name for each in tenant.people.values() for name in (each.id, each.oid, each.email, tenant.bot_id)
    }
    strangers = [each for each in mentions.values() if each.get("mentioned", {}).get("id") not in names]
    return [
        *(f"{each} mentions nobody" for each in sorted(written - mentions.keys())),
        *(f"{each} stands nowhere in the text" for each in sorted(map(str, mentions.keys() - written))),
        *(f"{each.get('text')} mentions a stranger" for each in strangers),
    ]
