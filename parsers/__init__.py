"""Pure parsing: a capture in, an article or a rejection out. No I/O, no clock, no environment, no Prefect."""
