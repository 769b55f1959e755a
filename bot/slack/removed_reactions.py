"""The kind of the notes about removed reactions: when a person last removed theirs from a message.

The worker removes old notes, and imports this module alone: it needs none of the listeners' libraries.
"""

from __future__ import annotations

REACTION_REMOVED_PREFIX = "slack-reaction-gone"
