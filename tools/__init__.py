"""What sets a checkout up. Standard library only, because it runs before anything is installed."""
