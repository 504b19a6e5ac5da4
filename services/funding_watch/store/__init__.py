"""The only rooms that know the tables: calls, candidacies, matches, sources; and what pages read of them."""
