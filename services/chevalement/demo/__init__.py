"""The demonstration: eight real candidacies, from the web form to an alert in a mailbox, through HTTP alone."""
