"""Otkel: crossings, notices, advisories and alternatives of the Uzbek–Kazakh border."""
