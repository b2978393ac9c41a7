"""What the routes and the pages show, put together from the board."""
