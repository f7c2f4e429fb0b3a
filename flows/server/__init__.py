"""Prefect servers and deployments."""
