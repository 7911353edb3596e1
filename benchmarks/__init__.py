"""What the bot costs, measured next to a peer or a floor in the same run (`make bench`)."""
