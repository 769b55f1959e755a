"""What happens while time passes and no one answers: the steps of a route's ladder, and whom they ask."""
