"""One file for each channel. What they have in common is in `stormwalk.alerts.channel`."""
