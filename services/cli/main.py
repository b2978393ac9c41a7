"""The `otkel` command: run the service, look after it, and ask it."""

import typer

from services.cli import asking, catalogue, officials, replaying, running, signing, verifying

app = typer.Typer(
    help="Otkel: where may I cross the Uzbek–Kazakh border, when, how long will it take, and where else?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command("up")(running.up)
app.command("ask")(asking.ask)
app.command("replay")(replaying.replay)
app.command("migrate")(catalogue.migrate)
app.command("load")(catalogue.load)
app.command("verify")(verifying.verify)
app.add_typer(officials.official, name="official")
app.add_typer(officials.key, name="key")
app.add_typer(signing.signing, name="signing")
app.add_typer(running.serve, name="serve")
app.add_typer(running.check, name="check")
