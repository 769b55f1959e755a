"""The history page: what was reviewed, by whom and how fast, for whoever has to do with it."""
