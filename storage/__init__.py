"""What is saved: the nouns as SQLModel tables, the store that finds them, encryption and migrations."""
