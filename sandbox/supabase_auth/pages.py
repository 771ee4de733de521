"""Pages of the stand-in: the consent and the outbox, plain HTML under a strict policy."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from http import HTTPStatus
from importlib.resources import files
from typing import Final

from starlette.responses import HTMLResponse, Response

from sandbox.supabase_auth.outbox import Mail

_STYLE: Final = files("sandbox.supabase_auth").joinpath("pages.css").read_text("utf-8")
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def consent(*, state: str, emails: Sequence[str], returns_to: str) -> Response:
    """Return the page on which someone says as whom they sign in."""
    hidden = f'<input type="hidden" name="state" value="{escape(state)}">'
    body = f"""
<h1>Sign in with Google</h1>
<p class="note" role="note"><strong>This is a stand-in, not Google.</strong> It runs on this
machine only and believes any address. No password is asked for; nothing is sent.</p>
{_choices(hidden, emails)}
<form method="post" action="google">{hidden}
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="off" maxlength="254" required
 placeholder="you@example.com">
<label for="name">Name <span class="quiet">(optional)</span></label>
<input id="name" name="name" autocomplete="off" maxlength="100">
<p class="actions"><button class="main" name="action" value="allow">Continue</button>
<button name="action" value="deny" formnovalidate>Cancel</button></p>
</form>
<p class="quiet">You will return to <span class="address">{escape(returns_to)}</span>.</p>"""
    # Browsers hold redirects after a form to this rule as well, so the way back is named.
    return _page("Sign in with Google (stand-in)", body, form_action=f"'self' {returns_to}")


def outbox(mails: Sequence[Mail]) -> Response:
    """Return the page of mails that were not sent."""
    entries = "".join(_mail(mail) for mail in mails)
    listed = f'<ol class="mails">{entries}</ol>' if mails else "<p>No mail yet.</p>"
    body = f"""
<h1>Outbox</h1>
<p class="note" role="note"><strong>This is a stand-in.</strong> These mails were not sent and
never will be; they are kept here so that their links can be followed. Newest first.</p>
{listed}"""
    return _page("Outbox (stand-in)", body)


def refusal(message: str, *, status_code: int, site_url: str) -> Response:
    """Return a page that says why something did not work, and the way back."""
    body = f"""
<h1>This did not work</h1>
<p>{escape(message)}.</p>
<p><a href="{escape(site_url)}">Back, to try again</a></p>
<p class="quiet">Answered by the sign-in stand-in of this machine.</p>"""
    return _page("Sign-in (stand-in)", body, status_code=status_code)


def _choices(hidden: str, emails: Sequence[str]) -> str:
    """Return a form of its own, so that Enter beside a typed address never takes another one."""
    if not emails:
        return ""
    names = [escape(email) for email in emails]
    known = "".join(
        f'<li><button name="email" value="{name}">Continue as {name}</button></li>'
        for name in names
    )
    return f"""<form method="post" action="google">{hidden}
<ul class="choices" aria-label="Accounts used before">{known}</ul></form>
<p class="quiet">Or use another address:</p>"""


def _mail(mail: Mail) -> str:
    return f"""<li><article aria-labelledby="mail-{mail.id}">
<h2 id="mail-{mail.id}">{escape(mail.subject)}</h2>
<p class="quiet">To {escape(mail.recipient)} · {escape(mail.kind)} ·
<time datetime="{escape(mail.created_at)}">{escape(mail.created_at[:19].replace("T", " "))}</time>
</p><pre>{escape(mail.text)}</pre>
<p><a href="{escape(mail.link)}" rel="noreferrer">Follow the link</a></p></article></li>"""


def _page(
    title: str, body: str, *, status_code: int = HTTPStatus.OK, form_action: str = "'none'"
) -> Response:
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {form_action};"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    html = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>{body}
</main></body></html>"""
    headers = {
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
    }
    return HTMLResponse(html, status_code=status_code, headers=headers)
