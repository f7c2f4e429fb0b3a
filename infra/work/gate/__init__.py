"""The quality gate: what a day should look like, and what is wrong with it."""
