"""Reads what people type: accepts what a person would expect, else says in French what to do."""
