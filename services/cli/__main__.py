"""`python -m services.cli` is `otkel`."""

from services.cli.main import app

app()
