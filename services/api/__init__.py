"""HTTP in, core out."""
