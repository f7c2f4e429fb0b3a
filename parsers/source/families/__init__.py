"""Layouts that several sources share: a file for each publishing system or group of papers."""
