"""Limits of calls to DocSpace, which all processes share: how often, and how many at once."""
