"""Python in all its forms, for tests that hold for every source."""



from __future__ import annotations

from msgspec.structs import replace

from paramlint.syntax import ir
from paramlint.syntax.outline import Outline
from paramlint.syntax.parse import lower

FORMS = {
    "literals": "a = 0, 1_000, 0xff, 0b1, 0o17, 1., 1e3, 1_0.5e-1_0, 2j, 1.5J, None, True, ..., 00, 'x', b'\\x00', r'\\d', u'é', Rb'\\n'",
    "strings": "a = 'x' \"y\" '''z\n'''\nb = b'x' rb'\\y'\nc = ('a'\n     'b' # c\n     'd')\nd = '\\\nx\\N{EM DASH}\\u00e9\\'\\\"\\0\\777'",
    "f-strings": (
        "a = f'{x}' f'b{y!r}{{}}' 'c' rf'\\d{z:>{w}.{p}f}'\nb = f'{x=}{x = !s}{x + 1 = :>5}' f''\nc = f'''{\na\n}\\n\\'\"'''\n"
        "d = f'\\N{EM DASH}{a}\\{b}' f\"{a['b']}{lambda_(lambda: 1)}\"\ne = f'{a!s:{b}{c}}{{{d}}}' ''\ng = fR'{x}\\{{'"
    ),
    "operators": "a = -b ** -c + d @ e // f % g << h >> i & j | k ^ ~l - +m * n / o\nb = not a and (b or c or (d or e)) and f or g",
    "comparisons": "a = b < c <= d == e != f is g is not h in i not in j > k >= l",
    "calls": "f(a, *b, c=1, *g, **d, e=2)\nf(x for x in y)\nf(a)(b)[c].d(e,)(*a, *b)\n(f)((yes), (a, b))",
    "subscripts": "a[b], a[b, c], a[b:c], a[::d, ...], a[b,], a[:], a[b:c:d], a[*b], a[(b, c)], a[b:c,], a[*b, c]",
    "displays": "a = (), [], {}, (b,), [*c, d], {*e, f}, {**g, 'h': 1, **{}}\nb = 1, *c\nc = *a,",
    "comprehensions": (
        "a = [x for x in y if x if not z for w, *v in x], {x: y for x, y in z}, {x for x in y}, (x for (x) in y)\nb = [lambda: x for x in y]"
    ),
    "lambdas": "a = lambda: 0\nb = lambda x, /, y=1, *z, w, v=2, **u: (x, y)\nc = lambda *, k: k\nd = lambda *a: (yield)\ne = lambda x: lambda y: x",
    "conditional": "a = b if c else d if e else f\nb = (c := 1) + (d := 2)\ne = [f := x, g[(h := 1)]]",
    "assignments": "a = b = c, d = *e, f = g\n(a), [b, *c] = d\na.b[c], *d = e\na += 1; b @= c; d.e //= f; g[h] >>= i\na: int\nb: int = 1\nc.d: x = 2",
    "deletes": "del a, b.c, d[e]\ndel (f, g)\ndel [h]\ndel (i)",
    "imports": "import a, b.c, d.e as f\nfrom . import g\nfrom ..h.i import (j, k as l,)\nfrom m import *",
    "branches": "if a: pass\nelif b:\n  c\nelif d: e\nelse:\n  if f: g\nif a: b; c\nelse:\n  if d: e\n  h",
    "loops": "for a, *b in c, *d:\n  break\nelse:\n  continue_\nwhile a:\n  if b: continue\n  c\nelse: d",
    "tries": "try: a\nexcept b as c: d\nexcept (e, f): raise\nexcept: raise g from h\nelse: i\nfinally: j\ntry: a\nexcept* b as c: d\ntry: a\nfinally: b",
    "withs": "with a: b\nwith a as b, c as (d, e): f\nwith (a as b, c,): d\nwith (a): b\nwith (a, b) as c: d\nassert a, b\nassert (c)",
    "functions": (
        "@a.b(c)\n@d\ndef f(x, y: int = 1, /, z=2, *args: str, k, l=3, **kw) -> int:\n  '''Doc.'''\n  global g, h\n  g = 1\n  def i():\n"
        "    nonlocal z\n    z = 3\n    return\n  j: int\n  for k in l: (m := k)\n  import o.p, q as r\n  return [s for s in t if (u := s)]"
    ),
    "no docstring": "def f():\n  pass\n  'not'\nclass A:\n  1\n  'not'\ndef g(): 'doc'; x\ndef h(): f'not'\ndef i():\n  ('doc')\n  return",
    "generators": "def f():\n  yield\n  x = yield a\n  yield from b\n  y += yield c\n  z: int = yield d\n  return (yield e)\ndef g(): (lambda: (yield))",
    "coroutines": "async def f():\n  async with a as b, c: await d\n  async for e in g: h = await i\n  return [j async for j in k]",
    "classes": (
        "@a\nclass A(B, *c, metaclass=D, **e):\n  'doc'\n  x = 1\n  __y = __z__ = 2\n  def __m(self, __p=1):\n    self.__q = __r(__s=1)\n"
        "    class _B:\n      __t = 1\n  global w\nclass __C: __u = 1\nclass _: __v = __w"
    ),
    "patterns": (
        "match a, *b:\n  case 1 | -2 | 3+4j | 'a' 'b' | None | c.d.e: pass\n  case [x, *_, y] | (x, *y): pass\n  case {'k': v, f.g: 1, **rest}: pass\n"
        "  case C(), D(1, b=E(x)), F(q,): pass\n  case (G() as h) if i: j\n  case []: pass\n  case _: k\nmatch = case = type = 1\nmatch(x)"
    ),
    "one line": "a = 1; b = 2; class_ = 3;\nif x: y = 1; z = 2\nclass A: b = 1; c = 2\ndef f(): return 1",
    "continued": "a = 1 + \\\n    2; \\\nb = 3\n\\\nc = 4\nif a and \\\n   b: pass\n@ \\\nd\ndef e(): pass\n@ (  # c\n  h\n)\n@i\ndef j(): pass\n",
    "line ends": "a = '''x\r\ny'''\r\nb = 1\rc = 2\nif a:\r\n  b\r\n",
    "form feeds": "a = 1\n\f\nclass B:\n\f    x = 1\n\f\ndef f(): pass\n  \nc = '\f'\n",
    "tabs": "if a:\n\tb\n\tif c:\n\t\td\n",
    "code in strings": "a = '''\ndef f(:\n  ((((\n# noqa\n'''\nb = \"class X: '''\"\nc = '#' # '\nd = 1",
    "names": "ﬁ = 1\nx.ﬁ = ﬁ\nñ = ℌ = 2\ndef ªf(ª): return ª\n",
    "comments only": "# nothing\n\n   # here\n",
    "empty": "",
    "blank": "\n\n   \n",
    "no last newline": "a = 1\nif b:\n  c # d",
    "marked": "\ufeffa = 1\n",
}


def complete(cut: Outline, index: int) -> tuple[ir.Stmt, ...]:
    """The IR of a statement with the methods that are parsed by themselves; their anchors count anew."""
    return tuple(_complete(cut, node) for node in lower(cut, index))


def _complete(cut: Outline, node: ir.Stmt) -> ir.Stmt:
    if not isinstance(node, ir.ClassDef):
        return node
    body: list[ir.Stmt] = []
    for item in node.body:
        if isinstance(item, ir.FunctionDef) and item.function.deferred is not None:
            (owner,) = lower(cut, item.function.deferred)
            assert isinstance(owner, ir.ClassDef) and isinstance(owner.body[0], ir.FunctionDef)
            item = replace(item, function=owner.body[0].function)
        body.append(item)
    return replace(node, body=tuple(body))
