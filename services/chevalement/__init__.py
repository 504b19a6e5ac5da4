"""Above the four services: the command line, the whole platform on one machine, the sample data."""
