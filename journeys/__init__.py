"""The journeys: one user goal a file, told with the steps of `pages`. They import `pages` and `stormwalk` only.

Each can be walked alone, beside the others and again and again against the same shop: who and what they need, they
make themselves, and they look only at what is theirs. Each also checks one thing that must not happen.
"""
