"""What the receiver is held against, written as small as it is published."""
