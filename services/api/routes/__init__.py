"""One module per slice: parse, call, shape the reply."""
