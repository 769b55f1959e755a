"""The commands `documents`: the text of files on this machine, and how two differ."""
