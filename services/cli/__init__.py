"""The `otkel` command."""
