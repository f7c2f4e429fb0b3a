"""What `newslake demo` shows: saved pages (`captures/`), and news sites (`site/`) on a port of this machine."""
