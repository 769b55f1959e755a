"""The command line, a room for each topic; `command_table.py` lists every command with its place."""
