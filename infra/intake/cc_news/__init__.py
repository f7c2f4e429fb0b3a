"""CC-NEWS, the news crawl of Common Crawl: its files by day, read by range."""
