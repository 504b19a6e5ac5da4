"""The instruction, pure: what is known of a dossier, who may say what about it, and when people may decide."""
