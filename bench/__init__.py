"""Benches: each runs as `python -m bench.NAME`, says what it measures, and ends with one line of JSON."""
