"""One field each: dates, bylines, datelines, addresses, characters."""
