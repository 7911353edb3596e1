"""`python -m bot` is the same as `career`."""

from bot.cli import main

if __name__ == "__main__":
    main()
