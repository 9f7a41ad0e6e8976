"""Commands on staff's accounts. They run in the front's environment, beside a running front."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from bot.cli.base import problems_in_one_line, read_settings, say
from core.settings import SettingsError

ROLE_HELP = "viewer, adviser, editor, trainer or admin."

staff_app = typer.Typer(help="Who may use the console.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(staff_app, name="staff")


@staff_app.command("add")
def add(
    name: str,
    role: str = typer.Option(..., help=ROLE_HELP),
    outside: bool = typer.Option(False, "--outside", help="No password: signs in by the identity provider alone."),
) -> None:
    """Add an account; its password is asked for.

    Without a terminal, the password is read from the first line of the input.
    """
    from conversations.accounts import accounts

    _change_accounts(accounts.add, name, role, None if outside else _password())
    say(f"{name} may sign in at /staff as {role}.")


@staff_app.command("list")
def show() -> None:
    """List the accounts with their roles."""
    from contextlib import closing

    from conversations.accounts import accounts
    from conversations.db.opening import open_store

    with problems_in_one_line(), closing(open_store(read_settings(), alone=False)) as store:
        for account in store.run(accounts.list_accounts):
            say(f"{account.role:<8}  {account.name}")


@staff_app.command("role")
def set_role(name: str, role: str) -> None:
    """Give an account another role, at once."""
    from conversations.accounts import accounts

    _change_accounts(accounts.set_role, name, role)
    say(f"{name} is {role} now.")


@staff_app.command("shown-as")
def set_display_name(name: str, shown: str) -> None:
    """Set the name by which visitors meet an account's owner."""
    from conversations.accounts import accounts

    _change_accounts(accounts.set_display_name, name, shown)
    say(f"Visitors see {shown.strip() or 'no name'} when {name} replies.")


@staff_app.command("reset")
def reset(name: str) -> None:
    """Give an account a new password.

    Its open sessions end; a lock and the second factor go.
    """
    from conversations.accounts import accounts

    _change_accounts(accounts.reset_password, name, _password())
    say(f"{name} has a new password and is signed out everywhere.")


@staff_app.command("invite")
def invite(name: str) -> None:
    """Make a link that ties an account to an OIDC identity.

    Whoever opens it within a week and signs in at the identity provider there has the account.
    """
    from contextlib import closing

    from console.identity.invitations import Invitations
    from conversations.accounts import accounts
    from conversations.db.opening import open_store
    from conversations.db.shared_secret import with_session_key
    from core.secrets import session_key

    with problems_in_one_line():
        settings = read_settings()
        if not settings.oidc_issuer:
            raise SettingsError("There is no identity provider: set ADVISOR_OIDC_ISSUER first.")
        with closing(open_store(settings, alone=False)) as store:
            account = store.run(accounts.invite, name)
            key = session_key(with_session_key(settings, store))
        say(Invitations(key, settings.public_url).link(account))


@staff_app.command("remove")
def remove(name: str) -> None:
    """Remove an account; its sessions end at once."""
    from conversations.accounts import accounts

    _change_accounts(accounts.remove, name)
    say(f"{name} may not sign in any more.")


def _change_accounts(change: Callable[..., None], *arguments: str | None) -> None:
    """Run a function of conversations.accounts.accounts on the database of the settings."""
    from contextlib import closing

    from conversations.db.opening import open_store

    with problems_in_one_line(), closing(open_store(read_settings(), alone=False)) as store:
        store.run(change, *arguments)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
