"""Pages for people: rendered here, useful without JavaScript."""
