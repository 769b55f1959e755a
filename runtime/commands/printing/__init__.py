"""What commands print: tables, JSON, progress, files, and what comes in until Ctrl-C."""
