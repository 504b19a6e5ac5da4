"""What every service stands on: the journey of an event from a commit to an effect, and nothing of the label."""
