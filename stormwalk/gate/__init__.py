"""The quality gate: the rules that a project sets itself, and what they say of a run (`judging`, `results`)."""
