"""Long tests: Fieldseal under load while what is around it changes or fails."""
