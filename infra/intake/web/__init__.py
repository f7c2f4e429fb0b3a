"""HTTP for public hosts: safe addresses, robots, politeness, limits."""
