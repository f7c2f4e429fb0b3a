"""The lake in a browser, read-only and on this machine only."""
