"""A key to sign with, as the settings want one."""

SECRET_KEY = "tests-Zq8vN3rW6yKf0bXs2LmT9cHdJ4gP"
