"""Slack's events, clicks and commands, through Bolt."""
