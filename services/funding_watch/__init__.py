"""Watches funding calls, keeps their history and matches them with the needs of projects."""
