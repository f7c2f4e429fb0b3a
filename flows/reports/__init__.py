"""What people are shown: tables, pictures, pages. Nothing here imports Prefect."""
