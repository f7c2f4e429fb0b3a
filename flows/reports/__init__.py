"""What people are shown: tables, calendars, pages. Nothing here imports Prefect."""
