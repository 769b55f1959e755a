"""The history page: what was reviewed, by whom and how fast, for the people involved."""
