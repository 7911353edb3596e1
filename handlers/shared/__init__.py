"""What all moments of the cycle share: the interaction, form values, drafts, errors. No moment of its own."""
