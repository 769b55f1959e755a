"""Teams' activities, clicks and commands: a thin verified layer, without an SDK (facts on Teams, 3)."""
