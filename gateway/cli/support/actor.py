"""The option that says who acts."""

import click

actor_option = click.option(
    "--as",
    "by",
    metavar="PERSON",
    required=True,
    help="Who you are: your id in routes.yaml; a program is program:NAME.",
)
