"""Instructs candidacies: preselection, opinions of the three committees, decision."""
