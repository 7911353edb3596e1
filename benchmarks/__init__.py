"""What the bot costs, measured beside a peer or a floor in the same run (`make bench`)."""
