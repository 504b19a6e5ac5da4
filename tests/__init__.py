"""The tests of the platform, room by room."""
