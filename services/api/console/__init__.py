"""The officials' console: server-rendered pages on which two states post what travellers will read."""
