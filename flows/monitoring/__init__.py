"""Metrics, traces and log lines for machines."""
