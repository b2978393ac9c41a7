"""Values of the domain as JSON and other formats: a value in, plain data or text out."""
