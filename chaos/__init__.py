"""The storm: faults, plans and their injection, signs of trouble, outcome, verdict and score."""
