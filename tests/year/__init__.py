"""A year of reminders, compared with a plain model that shares no code with the product."""
