"""Takes candidacies in: waves, the form, the receipt, the porteur's dossier."""
