"""The runtime, broken on purpose."""
