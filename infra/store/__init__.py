"""Objects by key, in a folder or on S3, written conditionally."""
