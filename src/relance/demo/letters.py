"""The layout of the shop's e-mails: one template for all, light and dark, whose text part reads well, too. Pure."""

from __future__ import annotations

# Inline styles, since many mail programs support nothing else; the <style> adds dark colours where supported.
_SHEET = """<!doctype html>
<html lang="__LANGUAGE__"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<style>
@media (prefers-color-scheme: dark) {
  .ground { background: #141a17 !important; } .sheet { background: #1e2622 !important; }
  .ink { color: #eef2ef !important; } .soft { color: #a9b5ae !important; } .mark { background: #14402e !important; }
  .code { background: #2a352f !important; color: #eef2ef !important; }
}
</style></head>
<body class="ground" style="margin:0;padding:0;background:#f7f4ee">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" style="background:#f7f4ee"><tr>
<td align="center" style="padding:24px 12px">
<table role="presentation" class="sheet" width="560" cellpadding="0" cellspacing="0"
 style="width:100%;max-width:560px;background:#ffffff;border-radius:14px;overflow:hidden;font-family:Helvetica,Arial,sans-serif">
<tr><td class="mark" style="background:#1f6b4c;padding:18px 28px;font-size:20px;font-weight:bold;color:#ffffff">The shop</td></tr>
__PICTURE__<tr><td style="padding:28px">
<h1 class="ink" style="margin:0 0 14px;font-size:26px;line-height:1.25;color:#23302a">__TITLE__</h1>
__BODY__
<table role="presentation" cellpadding="0" cellspacing="0" style="margin-top:24px"><tr>
<td style="background:#1f6b4c;border-radius:8px">
<a href="{{ event.url }}" style="display:inline-block;padding:13px 26px;font-size:16px;font-weight:bold;color:#ffffff;
text-decoration:none">__BUTTON__</a></td></tr></table>
</td></tr></table>
<p class="soft" style="margin:18px 0 0;font:13px/1.5 Helvetica,Arial,sans-serif;color:#5d6a63">__FOOTER__</p>
</td></tr></table>
</body></html>"""
_PICTURE = (
    '<tr><td><img src="{{ event.image_url }}" width="560" alt="{{ event.name }}"'
    ' style="display:block;width:100%;height:auto;border:0"></td></tr>\n'
)
_PARAGRAPH = '<p class="ink" style="margin:0 0 12px;font-size:16px;line-height:1.55;color:#23302a">{}</p>'
_ADDRESS = "The shop, 12 Garden Lane, Paris"
_MARKETING = (
    f"{_ADDRESS}. You get this since you agreed to our news. "
    '<a href="{{ unsubscribe_url }}" class="soft" style="color:#5d6a63">Unsubscribe</a>'
)
_SERVICE = f"{_ADDRESS}. You get this since you have just opened an account."
_SERVICE_IN_FRENCH = f"{_ADDRESS}. Vous recevez ceci car vous venez d’ouvrir un compte."
CODE = '<strong class="code" style="background:#eef4f0;border-radius:6px;padding:3px 8px;color:#14402e">{}</strong>'


def by_language(english: str, french: str) -> str:
    """A Liquid text in the person's language: French if known, else English."""
    return f"{{% if user.language == 'fr' %}}{french}{{% else %}}{english}{{% endif %}}"


def letter(
    title: str, paragraphs: list[str], button: str, *, picture: bool = False, marketing: bool = True, bilingual: bool = False
) -> str:
    """The HTML of an e-mail; all texts are Liquid and HTML. The button leads to the event's address.

    ``bilingual``: the texts are ``by_language``, and so is the boilerplate; not for marketing.
    """
    service = by_language(_SERVICE, _SERVICE_IN_FRENCH) if bilingual else _SERVICE
    parts = {
        "__LANGUAGE__": by_language("en", "fr") if bilingual else "en",
        "__PICTURE__": _PICTURE if picture else "",
        "__TITLE__": title,
        "__BODY__": "\n".join(_PARAGRAPH.format(each) for each in paragraphs),
        "__BUTTON__": button,
        "__FOOTER__": _MARKETING if marketing else service,
    }
    page = _SHEET
    for place, part in parts.items():
        page = page.replace(place, part)
    return page
