"""Subscriptions: channels that see a folder's changes without a duty to answer, at once or in a digest."""
