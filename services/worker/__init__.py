"""Time and outside sources in, core out."""
