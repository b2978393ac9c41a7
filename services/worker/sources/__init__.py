"""Outside sources: fetched with httpx, read by pure functions."""
