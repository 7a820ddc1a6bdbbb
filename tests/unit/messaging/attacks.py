"""Templates that mean harm, by what would be slow or large about each. As a program it tries them all and says what they took."""

from __future__ import annotations

import json
import resource
import time
from contextlib import suppress

from relance.core.errors import RelanceError
from relance.templates.engine import check, fill

VALUES = {
    "user": {
        "name": "x" * 30_000,
        "list": ["a"] * 9_000,
        "dicts": [{"v": ["q"] * 900, "k": number} for number in range(10)],
        "html": "<a " * 10_000,
    },
    "event": {"n": "9" * 30},
}
_DOUBLED = "{% assign l = user.dicts %}" + "{% assign l = l | concat: l %}" * 9


def _captured(text: str, use: str, times: int = 1) -> str:
    return "{% capture a %}" + text + "{% endcapture %}" + use * times


ATTACKS = {
    # reading
    "an end that never comes, after spaces": "{{" + " " * 20_000,
    "ends that never come": "{{" * 100_000,
    "tags that never end": "{%" * 100_000,
    "named tags that never end": "{% a" * 50_000,
    "spaces within": "{{" + " " * 199_000 + "}}",
    "one long word": "{{ " + "a" * 199_000 + "}}",
    "brackets": "{{" + "[" * 1_900 + "}}",
    "parentheses": "{{" + "(" * 1_900 + "..}}",
    "parentheses that are allowed": ("{{" + "(" * 20 + "a" * 1_900 + "}}") * 100,
    "names in quotes that never end": ("{{ a" + "['" * 45 + " " * 1_800 + "}}") * 100,
    "quotes": "{{ " + "'" * 1_999 + "}}",
    "blocks within blocks": "{% if a %}" * 18_000,
    "raw texts that never end": "{% raw %}" * 20_000,
    "docs that never end": "{% doc %}" * 20_000,
    "comments that never end": "{% comment %}" * 15_000,
    "a comment full of openings": "{% comment %}" + "{{" * 90_000,
    "raw of spaces": "{%- raw" + " " * 100_000,
    "ends of raw that are none": "{% raw %}" + ("{%" + " " * 1_000) * 190,
    "conditions": ("{% if " + " and ".join(["a"] * 300) + " %}x{% endif %}") * 90,
    "alternatives": "{% if a %}" + "{% elsif a %}" * 9_000 + "{% endif %}",
    "too many outputs": "{{a}}" * 40_000,
    "as many outputs as there may be": "{{a}}" * 10_000,
    "names": "".join(f"{{% assign a{number} = 1 %}}" for number in range(8_000)),
    "a tag of many lines": "{% liquid\n" + "if a\n" * 390 + "%}",
    "paths": ("{{ a" + ".b" * 900 + " }}") * 90,
    # ranges
    "a range joined": "{{ (1..20000000) | join: '' | size }}",
    "a range that nothing holds": "{{ (1..1000000000) | join }}",
    "a range looked through": "{% if (1..999999999) contains 'x' %}{% endif %}",
    "a range reversed": "{% for i in (1..20000000) reversed %}{% endfor %}",
    "a range of endless numbers": "{{ (1.." + "9" * 1_900 + ") | size }}",
    # loops
    "loops side by side": "{% for i in (1..10000) %}{% endfor %}" * 4_000,
    "loops within loops": "{% for i in (1..100) %}{% for j in (1..100) %}{{i}}{% endfor %}{% endfor %}" * 1_900,
    "loops of nothing": "{% for i in (1..10000) %}{% if 1 == 1 %}{% endif %}{% endfor %}" * 2_400,
    "a loop of much": "{% for i in (1..10000) %}" + "{% if 1 == 1 %}{% endif %}" * 4_000 + "{% endfor %}",
    "a loop that counts": "{% for i in (1..10000) %}" + "{% increment a %}" * 3_000 + "{% endfor %}",
    "a loop that looks through a list": "{% for i in (1..10000) %}{% if user.list contains 'z' %}{% endif %}{% endfor %}",
    "a loop that looks through a text": "{% for i in (1..10000) %}{% if user.name contains 'z' %}{% endif %}{% endfor %}",
    "a loop that compares": "{% for i in (1..10000) %}{% if user.dicts == user.dicts %}{% endif %}{% endfor %}",
    "a loop that captures": "{% for i in (1..10000) %}" + _captured("x" * 190_000, "") + "{% endfor %}",
    "a loop that cycles": "{% for i in (1..10000) %}{% cycle user.name, i %}{% endfor %}",
    "rows": "{% tablerow i in (1..10000) cols:1 %}{% if 1 == 1 %}{% endif %}{% endtablerow %}" * 2_000,
    # growth
    "numbers multiplied": "{% assign x = 9999999999 %}{% for i in (1..10000) %}{% assign x = x | times: x %}{% endfor %}{{ x }}",
    "numbers added": "{% assign x = 9999999999 %}{% for i in (1..100) %}{% assign x = x | plus: x %}{% endfor %}",
    "rounded far off": "{{ 1 | round: -1000000000 }}",
    "texts put into texts": "{% assign a = 'aaaaaaaaaaaaaaaa' %}" + "{% assign a = a | replace: 'a', a %}" * 10,
    "texts doubled": "{% assign a = 'a' %}" + "{% assign a = a | append: a %}" * 64,
    "texts between letters": "{{ user.name | replace: '', user.name }}",
    "texts between elements": "{{ user.list | join: user.name }}",
    "letters": "{{ user.name | split: '' | join: user.name }}",
    "lists doubled": "{% assign l = user.list %}" + "{% assign l = l | concat: l %}" * 40 + "{{ l | size }}",
    "lists of lists": _DOUBLED + "{{ l | map: 'v' | join }}",
    "lists written out": _DOUBLED + "{{ l }}",
    "defaults that are long": "{{ a | default: user.list }}" * 3_000,
    "escaped again and again": "{% assign a = '<<<<<<<<<<<<' %}" + "{% assign a = a | escape %}" * 400,
    "encoded again and again": "{% assign a = 'aaaaaaaaa' %}" + "{% assign a = a | base64_encode %}" * 200,
    # work
    "each element once": "{{ (1..9999) | uniq | size }}" * 20,
    "sorted": "{{ user.list | sort | join }}" * 100,
    "sorted by letters": "{{ (1..9999) | reverse | sort_natural | size }}" * 1_000,
    "tags stripped": _captured("<a " * 60_000, "{{ a | strip_html | size }}", 5),
    "angles stripped": _captured("<" * 190_000, "{{ a | strip_html | size }}", 5),
    "tags of a value stripped": "{{ user.html | strip_html | size }}" * 100,
    "encoded for addresses": _captured("é" * 190_000, "{{ a | url_encode | size }}", 200),
    "cut by words": "{{ user.name | truncatewords: 1 }}" * 4_000,
    "filtered": _DOUBLED + "{{ user.dicts | where: 'k', 3 | size }}" * 4_000,
    "dates of long forms": ("{{ 'now' | date: '" + "%A" * 900 + "' }}") * 90,
    "dates that are none": "{{ '1 2 3 4 5 6 7 8 9 10 11 12 1 2 3 4 5 6 7 8' | date: '%Y' }}" * 2_900,
    "dates without end": "{{ event.n | date: '%Y' }}" * 5_000,
}


def measured(name: str) -> tuple[str, float, float, float]:
    """CPU seconds of checking and of filling the template twice, and megabytes more than the process ever had."""
    source = ATTACKS[name]
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with suppress(RelanceError):
        check(source, True)
    checked = time.process_time()
    for _ in range(2):
        with suppress(RelanceError):
            fill(source, VALUES, html=True)
    filled = time.process_time()
    return name, checked - began, filled - checked, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


if __name__ == "__main__":
    fill("{{ user.id | upcase }} {{ 'now' | date: '%A' }}", {"user": {"id": "a"}})  # whatever is loaded late
    for each in ATTACKS:
        print(json.dumps(measured(each)), flush=True)  # noqa: T201
