"""One file, one source. CONTRIBUTING.md shows how to add one."""
