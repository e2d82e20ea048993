"""The storm: faults, plans and their injection."""
