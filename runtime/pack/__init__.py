"""The auditor's pack as a folder: written from the database, and verified without it."""
