"""The ground that every service stands on: contracts, runtime, look."""
