"""What is due: claiming and delivering nudges, and the jobs that keep it going (docs/delivery-contract.md)."""
