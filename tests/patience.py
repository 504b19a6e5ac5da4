"""How long a test waits for what is on its way: a hang is told from a busy machine, and no clock decides a test."""

PATIENCE = 60.0
"""Seconds. What is awaited comes in one or two on a calm machine; a shared one with two processors has been ten times
slower."""
LONG = 300.0
"""Seconds, for what installs, builds or plays a whole demonstration."""
