"""`gateway send-test`: a real message, marked TEST, through the real channel."""

import asyncio
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click

from gateway.cli.support.context import (
    FAILED,
    CliContext,
    config_option,
    json_option,
    pass_context,
    templates_option,
)
from gateway.cli.support.output import echo, echo_json, paint
from gateway.cli.support.test_sends import SendResult, send_to_each
from gateway.cli.support.use_again import use_again
from gateway.config.load import Config
from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.channels import CHANNELS, AddressKind
from gateway.core.plan.plan import Target
from gateway.core.plan.recipients import contact_target
from gateway.core.text.nearest import nearest


@click.command("send-test")
@click.argument("receiver", required=False)
@click.option(
    "--channel", metavar="NAME", help="One channel, or one of its accounts, instead of a receiver."
)
@click.option(
    "--to", metavar="ADDRESS", help="An address, #channel, ${REFERENCE}, or a target's name."
)
@config_option
@templates_option
@json_option
@pass_context
def command(
    context: CliContext,
    receiver: str | None,
    channel: str | None,
    to: str | None,
    config: Path | None,
    templates: Path | None,
    *,
    as_json: bool,
) -> None:
    """Send a message marked TEST to RECEIVER, or by one channel to one address.

    \b
    gateway send-test billing-critical
    gateway send-test --channel email --to ana@example.com
    gateway send-test --channel slack-eu --to '#billing-alerts'

    Makes one attempt for each target, and stores nothing. If a vendor refuses the content, the
    message is sent once more in its simplest form. PagerDuty opens an incident of severity info;
    resolve it there. A contact that the running gateway does not use, because messages came back,
    is used again once this one is accepted. Exit status 1 if any message was not sent.
    """
    loaded = context.config(config)
    targets = _targets(loaded, receiver, channel, to)
    settings = context.settings()
    # Jinja and the vendors' SDKs are imported only here, so that other commands start quickly.
    from gateway.render.service import RenderService

    templates_of = RenderService([context.templates_path(templates)], settings.external_url)
    # The console channel prints on standard output, which --json needs for itself.
    with redirect_stdout(sys.stderr if as_json else sys.stdout):
        results = asyncio.run(
            send_to_each(loaded, targets, templates_of, receiver or "", context.now())
        )
    used_again = use_again(context, [result.target for result in results if result.sent])
    if as_json:
        echo_json([_json(result, used_again) for result in results])
    else:
        for result in results:
            _print(result)
        for key in used_again:
            echo(f"{key} is used again")
    raise SystemExit(0 if all(result.sent for result in results) else FAILED)


def _targets(
    config: Config, receiver: str | None, channel: str | None, to: str | None
) -> tuple[Target, ...]:
    if (receiver is None) == (channel is None):
        raise click.UsageError("give a RECEIVER, or --channel with --to")
    if receiver is not None:
        known = config.plan.receivers
        if to is not None:
            raise click.UsageError("--to goes with --channel; a receiver has its own targets")
        if receiver not in known:
            near = nearest(receiver, known)
            hint = f"; did you mean {near}?" if near else f" (there are: {', '.join(known)})"
            raise click.UsageError(f"there is no receiver {receiver!r}{hint}")
        if not known[receiver].targets:
            raise click.UsageError(f"receiver {receiver!r} has no targets: nothing to send")
        return known[receiver].targets
    assert channel is not None
    account = _account_of(config, channel)
    spec = CHANNELS[account.type]
    if spec.address is AddressKind.NONE:
        return (Target(spec.name, to or spec.name, account=account.name),)
    if to is None:
        raise click.UsageError(f"--channel {channel} needs --to")
    if spec.secret_address:
        target = _target_of(config, account, to)
        if target is None:
            raise click.UsageError(
                f"--to: nothing in routes.yaml has that address at {account.name}. Write the "
                "reference as it is written there, such as '${PAGERDUTY_KEY}' (in quotes), never "
                "the secret"
            )
        return (target,)
    return (Target(spec.name, to, account=account.name),)


def _account_of(config: Config, name: str) -> ChannelSettings:
    """Return the account of that name, or the only one of the channel of that name."""
    settings = config.channels.get(name)
    if settings is not None:
        return settings
    of_channel = [one for one in config.channels.values() if one.type == name]
    if len(of_channel) == 1:
        return of_channel[0]
    if of_channel:
        choices = ", ".join(one.name for one in of_channel)
        raise click.UsageError(f"--channel {name} has several accounts: give one of {choices}")
    if name in CHANNELS:
        return ChannelSettings(name)
    known = list(dict.fromkeys([*config.channels, *CHANNELS]))
    near = nearest(name, known)
    hint = f"; did you mean {near}?" if near else f" (there are: {', '.join(known)})"
    raise click.UsageError(f"there is no channel or account {name!r}{hint}")


def _target_of(config: Config, account: ChannelSettings, address: str) -> Target | None:
    """Return the target of a receiver, or the contact of a person, with a secret address.

    A target's `name` in routes.yaml is as good as its reference.
    """
    plan = config.plan
    targets = [target for receiver in plan.receivers.values() for target in receiver.targets]
    targets += [
        contact_target(person, contact)
        for person in plan.people.values()
        for contact in person.contacts.values()
    ]
    for target in targets:
        if target.account == account.name and address in (
            target.address,
            target.options.get("name"),
        ):
            return target
    return None


def _json(result: SendResult, used_again: list[str]) -> dict[str, Any]:
    return {
        "channel": result.target.channel,
        "account": result.target.account,
        "address": result.target.address,
        "sent": result.sent,
        "detail": result.text,
        "perhaps_sent": result.perhaps,
        "used_again": result.target.key in used_again,
        "seconds": round(result.seconds, 3),
    }


def _print(result: SendResult) -> None:
    target = result.target
    mark = paint("sent", "green") if result.sent else paint("not sent", "red", bold=True)
    text = "" if result.text == "sent" else f": {result.text}"
    if result.perhaps:
        text += " (it may have arrived anyway)"
    echo(f"{target.account} {target.address}  {mark} in {result.seconds:.1f} s{text}")
