"""Reparse: plan, carry out, compare."""
