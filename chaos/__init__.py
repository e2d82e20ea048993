"""The storm: faults, plans and their injection; signs of trouble and the score."""
