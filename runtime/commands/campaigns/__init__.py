"""The commands `campaign`: start, list, show, end."""
