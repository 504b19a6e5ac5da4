"""What the notifier decides, as values: what a message holds, when it leaves, when it is tried again."""
