"""Delivery of cards and notices to channels: posting once, redrawing, retries, dead letters."""
