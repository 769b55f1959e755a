"""Reviews as one person may see them: archive, own reviews, inbox, files of a bulk review."""
