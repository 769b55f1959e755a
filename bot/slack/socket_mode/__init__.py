"""Slack's Socket Mode: requests come over a connection that we open (facts on Slack, 1.8)."""
