"""Loads and saves what the domain decides; the only room that knows the tables."""
