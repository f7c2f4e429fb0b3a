"""The commands of `newslake`, a module each."""
