"""Campaigns: started, opened document by document, kept true while documents change, and ended."""
