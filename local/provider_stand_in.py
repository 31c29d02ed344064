"""The sign-in stand-in's process: Google and GitHub as documented, with people to choose from instead of accounts."""

import argparse
import logging
import socket
from html import escape

from aiohttp import web

from local.provider_people import PEOPLE
from local.provider_rules import Answering, ByGithub, ByGoogle, Provider, Refused

_STYLE = (
    "body{font:16px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}"
    "button{font:inherit;display:block;width:100%;text-align:left;margin:.5rem 0;padding:.7rem}"
)


def main() -> None:
    """Serve on a listening socket until terminated; sign-ins under way begin again after a restart."""
    parser = argparse.ArgumentParser(prog="python -m local.provider_stand_in", description=__doc__)
    parser.add_argument("socket", type=int, help="the descriptor of a listening socket")
    parser.add_argument("--shop", required=True, help="where the shop that people come from stands")
    parser.add_argument("--secret", required=True, help="what the shop proves itself with")
    told = parser.parse_args()
    listening = socket.socket(fileno=told.socket)
    here = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = application(here, told.shop, told.secret)
    logging.basicConfig(level=logging.WARNING)
    web.run_app(app, sock=listening, print=None, access_log=None, shutdown_timeout=1)


def application(here: str, shop: str, secret: str) -> web.Application:
    """Mount both providers under their names, each with the paths of the real one."""
    back = f"{shop}/api/v1/identity/oauth"
    google = ByGoogle(f"{here}/google", secret, f"{back}/google/callback")
    github = ByGithub(secret, f"{back}/github/callback")
    app = web.Application()
    app.add_routes([web.get("/", _alive)])
    _serve(app, google, "/google/o/oauth2/v2/auth", "/google/token")
    _serve(app, github, "/github/login/oauth/authorize", "/github/login/oauth/access_token")

    async def keys(_request: web.Request) -> web.Response:
        return web.json_response(google.keys())

    async def user(request: web.Request) -> web.Response:
        return _answered(lambda: github.user(_bearer(request)))

    async def emails(request: web.Request) -> web.Response:
        return _answered(lambda: github.emails(_bearer(request)))

    app.add_routes(
        [
            web.get("/google/oauth2/v3/certs", keys),
            web.get("/github/user", user),
            web.get("/github/user/emails", emails),
        ]
    )
    return app


def _serve(app: web.Application, provider: Provider, page: str, tokens: str) -> None:
    async def choose(request: web.Request) -> web.Response:
        try:
            provider.check(dict(request.query))
        except Refused as refused:
            return web.Response(status=400, text=f"{refused}\n")
        return web.Response(text=_page(provider.name, str(request.rel_url)), content_type="text/html")

    async def chosen(request: web.Request) -> web.Response:
        person = str((await request.post()).get("person", ""))
        try:
            return web.Response(status=302, headers={"location": provider.sent_back(dict(request.query), person)})
        except Refused as refused:
            return web.Response(status=400, text=f"{refused}\n")

    async def change(request: web.Request) -> web.Response:
        given = {name: str(value) for name, value in (await request.post()).items()}
        return _answered(lambda: provider.tokens(given), provider.refusal_status)

    app.add_routes([web.get(page, choose), web.post(page, chosen), web.post(tokens, change)])


async def _alive(_request: web.Request) -> web.Response:
    return web.Response(text="The sign-in stand-in\n")


def _answered(answer: Answering, refused_with: int = 401) -> web.Response:
    try:
        return web.json_response(answer())
    except Refused as refused:
        return web.json_response({"error": str(refused)}, status=refused_with)


def _bearer(request: web.Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _page(name: str, action: str) -> str:
    buttons = "".join(
        f'<button name="person" value="{key}">{escape(person.about)}<br><small>{escape(person.email)}</small></button>'
        for key, person in PEOPLE.items()
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name} stand-in</title><style>{_STYLE}</style>'
        f"<h1>{name}, played</h1><p>Who signs in to the shop?</p>"
        f'<form method="post" action="{escape(action)}">{buttons}'
        '<button name="person" value="">Nobody: say no</button></form></html>'
    )


if __name__ == "__main__":
    main()
