"""Commands, clicks and messages of people in Slack and Teams."""
