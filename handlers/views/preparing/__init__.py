"""The pages of a preparation, one module each; `page` is what they have in common (practices E2–E4, C8, L1)."""
