"""Channels that see the changes of a folder without a duty to answer: at once, or as a digest."""
