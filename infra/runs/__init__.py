"""What a run does with captures: parse, file, report; and all of it again."""
