"""The definitions of our apps: the manifest for Slack, the package for Teams."""
