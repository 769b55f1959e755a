"""Monitoring of the installation: alarms to operators, and canaries that test the whole path."""
