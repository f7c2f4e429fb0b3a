"""What everything stands on: settings, errors with a remedy, UTC days."""
