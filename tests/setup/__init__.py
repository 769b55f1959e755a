"""Setting an installation up: the answers, their checks, the files, and the terminal."""
