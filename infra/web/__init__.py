"""Asking the web: addresses, connections, bounded bodies, robots files, politeness."""
