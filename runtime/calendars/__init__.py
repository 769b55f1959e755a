"""The calendar of absences: fetched within bounds, and read in a process of its own."""
