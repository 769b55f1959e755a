"""What people do with a review, who may do it, and reminders while it is open."""
