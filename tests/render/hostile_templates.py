"""Templates that run or grow without end although each of their counted steps is small."""

from collections.abc import Mapping

_NEST = (
    "{% set n = namespace(x=[0, 0]) %}"
    "{% for i in range(40) %}{% set n.x = [n.x, n.x] %}{% endfor %}"
)
_TWO = (
    _NEST + "{% set m = namespace(x=[0, 0]) %}"
    "{% for i in range(40) %}{% set m.x = [m.x, m.x] %}{% endfor %}"
)
_DICT = (
    "{% set n = namespace(x={'a': 0}) %}"
    "{% for i in range(40) %}{% set n.x = {'a': n.x, 'b': n.x} %}{% endfor %}"
)
_TUPLE = (
    "{% set n = namespace(x=(0, 0)) %}"
    "{% for i in range(40) %}{% set n.x = (n.x, n.x) %}{% endfor %}"
)
_LINE = "{% set x0 = [0, 0] %}" + "".join(f"{{% set x{i + 1} = [x{i}, x{i}] %}}" for i in range(40))
_WIDE = "{% set r = range(90000)|list %}"
_OFTEN = "{% for i in range(15000) %}"
_TEXT = "{% set t = 'ab' * 90000 %}"

ENDLESS: Mapping[str, str] = {
    "nested lists printed": _NEST + "{{ n.x }}",
    "nested lists by set": _LINE + "{{ x40 }}",
    "nested tuples printed": _TUPLE + "{{ n.x }}",
    "nested dicts printed": _DICT + "{{ n.x }}",
    "nested namespaces printed": "{% set n = namespace(x=namespace(a=0)) %}{% for i in range(40) %}"
    "{% set n.x = namespace(a=n.x, b=n.x) %}{% endfor %}{{ n.x }}",
    "nested lists compared": _TWO + "{{ n.x == m.x }}",
    "nested lists not equal": _TWO + "{{ n.x != m.x }}",
    "nested lists ordered": _TWO + "{{ n.x < m.x }}",
    "nested dicts compared": _DICT + "{% set m = namespace(x={'a': 0}) %}{% for i in range(40) %}"
    "{% set m.x = {'a': m.x, 'b': m.x} %}{% endfor %}{{ n.x == m.x }}",
    "nested tuples as a key": _TUPLE + "{{ {n.x: 1}|length }}",
    "nested lists searched": _TWO + "{{ n.x in [m.x] }}",
    "a list's method index": _TWO + "{{ [m.x].index(n.x) }}",
    "a list's method count": _TWO + "{{ [m.x].count(n.x) }}",
    "the test eq": _TWO + "{{ n.x is eq(m.x) }}",
    "the test in": _TWO + "{{ n.x is in([m.x]) }}",
    "select by equality": _TWO + "{{ [n.x]|select('eq', m.x)|list|length }}",
    "rejectattr by equality": _TWO + "{{ [{'a': n.x}]|rejectattr('a', 'eq', m.x)|list|length }}",
    "join of nested lists": _NEST + "{{ [n.x]|join(',') }}",
    "concatenation of nested lists": _NEST + "{{ n.x ~ '' }}",
    "the filter string": _NEST + "{{ n.x|string|length }}",
    "the filter upper": _NEST + "{{ n.x|upper }}",
    "the filter trim": _NEST + "{{ n.x|trim }}",
    "the filter replace": _NEST + "{{ n.x|replace('a', 'b') }}",
    "the filter escape": _NEST + "{{ n.x|e }}",
    "the filter striptags": _NEST + "{{ n.x|striptags }}",
    "the filter urlencode": _NEST + "{{ ('a=' ~ 'b')|urlencode }}{{ n.x|string|urlencode }}",
    "the filter cut": _NEST + "{{ n.x|cut(10) }}",
    "the filter clean": _NEST + "{{ n.x|clean(10) }}",
    "the filter one_line": _NEST + "{{ n.x|one_line }}",
    "the filter code": _NEST + "{{ n.x|code }}",
    "the filter names": _NEST + "{{ [n.x]|names }}",
    "the filter slack_link": _NEST + "{{ n.x|slack_link('a') }}",
    "the filter wordcount": _NEST + "{{ n.x|string|wordcount }}",
    "the filter truncate": _NEST + "{{ n.x|string|truncate(5) }}",
    "the filter title": _NEST + "{{ n.x|title }}",
    "the filter capitalize": _NEST + "{{ n.x|capitalize }}",
    "the filter lower": _NEST + "{{ n.x|lower }}",
    "the filter map": _NEST + "{{ [n.x]|map('string')|list|length }}",
    "the filter sort": _TWO + "{{ [n.x, m.x]|sort|length }}",
    "the filter unique": _TUPLE + "{{ [n.x, n.x]|unique|list|length }}",
    "the filter groupby": _TWO + "{{ [{'a': n.x}, {'a': m.x}]|groupby('a')|length }}",
    "the filter min": _TWO + "{{ [n.x, m.x]|min|length }}",
    "the filter max": _TWO + "{{ [n.x, m.x]|max|length }}",
    "the filter dictsort": _TWO + "{{ {'a': n.x, 'b': m.x}|dictsort(by='value')|length }}",
    "the filter default": _NEST + "{{ (n.x|default(1))|string|length }}",
    "a macro's argument": _NEST + "{% macro m(v) %}{{ v }}{% endmacro %}{{ m(n.x) }}",
    "a call block": _NEST
    + "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{{ n.x }}{% endcall %}",
    "a filter block": "{% filter upper %}" + _NEST + "{{ n.x }}{% endfilter %}",
    "cycler": _NEST + "{{ cycler(n.x).next() }}",
    "joiner": _NEST + "{% set j = joiner(n.x) %}{{ j() }}{{ j() }}",
    "an undefined name's hint": _NEST + "{{ {}[n.x|string] }}",
    "a filtered loop": _OFTEN + "{% for j in range(90000) if false %}{% endfor %}{% endfor %}",
    "a lazy filter in a loop": _OFTEN + "{{ range(90000)|select('odd')|list|length }}{% endfor %}",
    "a sum in a loop": _OFTEN + "{{ range(90000)|sum }}{% endfor %}",
    "a sort in a loop": _WIDE + _OFTEN + "{{ r|sort|first }}{% endfor %}",
    "a reversed sort in a loop": _WIDE + _OFTEN + "{{ r|sort(reverse=true)|first }}{% endfor %}",
    "a list copied in a loop": _WIDE + _OFTEN + "{{ r|list|length }}{% endfor %}",
    "a sum of lists": "{% set lists = range(20000)|map('string')|map('list')|list %}"
    "{% for i in range(100) %}{{ lists|sum(start=[])|length }}{% endfor %}",
    "a text split in a loop": _TEXT + _OFTEN + "{{ t.split('a')|length }}{% endfor %}",
    "a text in capitals in a loop": _TEXT + _OFTEN + "{{ (t|upper)|length }}{% endfor %}",
    "a text titled in a loop": _TEXT + _OFTEN + "{{ (t|title)|length }}{% endfor %}",
    "a text counted in a loop": _TEXT + _OFTEN + "{{ t.count('b') }}{% endfor %}",
    "words counted in a loop": "{% set t = 'a ' * 90000 %}"
    + _OFTEN
    + "{{ t|wordcount }}{% endfor %}",
    "tags stripped in a loop": "{% set t = '<!--a' * 30000 %}"
    + _OFTEN
    + "{{ (t|striptags)|length }}{% endfor %}",
    "urls encoded in a loop": _TEXT + _OFTEN + "{{ (t|urlencode)|length }}{% endfor %}",
    "a number parsed in a loop": "{% set t = '9' * 4000 %}"
    + _OFTEN
    + "{% for j in range(1) %}{{ t|int|string|length }}{% endfor %}{% endfor %}",
    "all alerts in a loop": _OFTEN + "{% for a in alerts if a.labels|string == '' %}{% endfor %}"
    "{{ range(50000)|map('abs')|list|length }}{% endfor %}",
    "memory by nesting": "{% set n = namespace(x=[]) %}{% for i in range(15000) %}"
    "{% set n.x = [n.x, range(90000)|map('string')|list] %}{% endfor %}",
    "memory by texts": "{% set n = namespace(x=[]) %}{% for i in range(15000) %}"
    "{% set n.x = [n.x, ('a' * 190000) ~ i] %}{% endfor %}",
    "memory by numbers": "{% set n = namespace(x=[]) %}{% for i in range(15000) %}"
    "{% set n.x = [n.x, range(90000)|map('float')|list] %}{% endfor %}",
}
"""Each is stopped by the limits of the worker process, in the part that holds it."""
