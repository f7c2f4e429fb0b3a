"""The quality gate: history, findings, what is held back and released."""
