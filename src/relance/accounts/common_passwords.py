"""Passwords that attackers try first: leaked lists, reduced to the word without its ornaments. Pure.

``P@ssw0rd2024!`` is tried as soon as ``password`` is, so only the word counts. (NIST SP 800-63B, 3.1.1.2: refuse common passwords
and those derived from the account itself; impose no composition rules.)
"""

from __future__ import annotations

import re

_TEXT = """
password passw0rd passwort motdepasse contrasena senha wachtwoord haslo parola kennwort mypassword thepassword passpass
qwerty qwertz azerty qwertyuiop qwertzuiop azertyuiop asdfghjkl asdfgh zxcvbnm qwertyasdf qazwsx qazwsxedc zaqwsx
qweasdzxc qweasd poiuytrewq asdfasdf abcabc abcdef abcdefg abcdefgh abcdefghij abc aaa letmein letmeinnow welcome
welcomehome bienvenue willkommen iloveyou iloveyouforever jetaime ichliebedich admin administrator administrateur
adminadmin root rootroot superuser sysadmin test testtest testing tester default changeme changeit changethis secret
topsecret secretsecret login master monkey dragon sunshine princess football baseball basketball superman batman
starwars pokemon michael jordan charlie ashley shadow trustno hello helloworld whatever nothing computer internet google
facebook samsung liverpool arsenal chelsea barcelona realmadrid bonjour soleil doudou marseille chocolat coucou spring
summer autumn winter printemps automne january february march april may june july august september october november
december monday friday company business office marketing newsletter shop store demo demodemo guest user username temp
temppass temporary relance relancerelance supersecret mynewpassword correcthorsebatterystaple
"""
_WORDS = frozenset(_TEXT.split())
_LETTERS = str.maketrans("@4310$5!7", "aaeiossit")
_RUNS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1q2w3e4r5t6y7u8i9o0p",
)
_ORNAMENTS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_OF_ONE_PIECE = re.compile(r"(.{1,4}?)\1+.{0,3}", re.DOTALL)


def is_common(password: str, *own: str) -> bool:
    """Whether a password is one that attackers try first. ``own``: what is publicly known of the account: address, name."""
    given = password.casefold()
    bare = _ORNAMENTS.sub("", given)
    if {bare, bare.translate(_LETTERS), given.translate(_LETTERS)} & _WORDS:
        return True
    if _OF_ONE_PIECE.fullmatch(given) or any(given in run or given[::-1] in run for run in _RUNS):
        return True
    known = {piece for text in own for piece in (text.casefold(), text.casefold().partition("@")[0]) if len(piece) > 2}
    return bool({given, bare, "".join(given.split())} & known)
