"""What all moments of the cycle share: the interaction, forms and their values, drafts, services, the error handler."""
