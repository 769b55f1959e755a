"""The rules of Slack's app manifest, for the parts that we use (slackapi/manifest-schema, version 1).

Written down here in our own words; like Slack's own schema, it takes no member that it does not know.
"""

from typing import Any

from jsonschema_rs import Draft7Validator

ADDRESS = {"type": "string", "pattern": "^https?://", "maxLength": 3000}
SWITCH = {"type": "boolean"}


def _text(shortest: int, longest: int, **more: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": shortest, "maxLength": longest, **more}


def _object(*required: str, **members: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": members,
        "additionalProperties": False,
    }


def _list(items: Any, fewest: int, most: int, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": fewest, "maxItems": most, **more}


NAMES = _list(_text(1, 50), 0, 255, uniqueItems=True)
EVENTS = _list(_text(1, 50), 0, 100, uniqueItems=True)
DOMAIN = _text(2, 255, pattern="^(?![.-])[-a-z0-9.]+[a-z0-9]$")

DISPLAY = _object(
    "name",
    name=_text(1, 35),
    description=_text(1, 140),
    long_description=_text(175, 4000),
    background_color=_text(4, 7, pattern="^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"),
)
HOME = _object(
    home_tab_enabled=SWITCH,
    messages_tab_enabled=SWITCH,
    messages_tab_read_only_enabled=SWITCH,
)
SHORTCUT = _object(
    "name",
    "type",
    "callback_id",
    "description",
    name=_text(1, 24),
    type={"enum": ["message", "global"]},
    callback_id=_text(1, 255),
    description=_text(1, 150),
)
COMMAND = _object(
    "command",
    "description",
    command=_text(2, 32, pattern="^/"),
    url=ADDRESS,
    description=_text(1, 2000),
    usage_hint=_text(1, 1000),
    should_escape=SWITCH,
)
FEATURES = _object(
    app_home=HOME,
    bot_user=_object("display_name", display_name=_text(1, 80), always_online=SWITCH),
    shortcuts=_list(SHORTCUT, 1, 10),
    slash_commands=_list(COMMAND, 1, 50),
    unfurl_domains=_list(DOMAIN, 1, 5, uniqueItems=True),
)
SCOPES = _object(bot=NAMES, bot_optional=NAMES, user=NAMES, user_optional=NAMES)
SETTINGS = _object(
    event_subscriptions=_object(request_url=ADDRESS, bot_events=EVENTS, user_events=EVENTS),
    interactivity=_object("is_enabled", is_enabled=SWITCH, request_url=ADDRESS),
    org_deploy_enabled=SWITCH,
    socket_mode_enabled=SWITCH,
    token_rotation_enabled=SWITCH,
)
MANIFEST = _object(
    "display_information",
    _metadata=_object(major_version={"type": "integer"}, minor_version={"type": "integer"}),
    display_information=DISPLAY,
    features=FEATURES,
    oauth_config=_object(scopes=SCOPES),
    settings=SETTINGS,
)


def complaints(manifest: Any) -> list[str]:
    """Return what Slack would not take, as one line each."""
    errors = Draft7Validator(MANIFEST).iter_errors(manifest)
    return [f"{error.instance_path}: {error.message}" for error in errors]
