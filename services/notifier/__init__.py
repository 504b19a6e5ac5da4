"""Sends what people were promised: one delivery per recipient and cause, by mail."""
