"""Setting up an installation: the answers, their checks against the remote services, and the files."""
