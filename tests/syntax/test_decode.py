from __future__ import annotations

import codecs

import pytest

from paramlint.syntax.decode import decode
from paramlint.syntax.problem import SyntaxProblem

TEXTS = {
    b"x = '\xc3\xa9'\n": "x = 'é'\n",
    codecs.BOM_UTF8 + b"x = '\xc3\xa9'": "x = 'é'",
    b"# -*- coding: latin-1 -*-\nx = '\xe9'\n": "# -*- coding: latin-1 -*-\nx = 'é'\n",
    b"#!/bin/sh\n# vim: set fileencoding=cp1252 :\nx = '\x80'": "#!/bin/sh\n# vim: set fileencoding=cp1252 :\nx = '€'",
    b"#!/bin/sh\r# coding: latin-1\rx = '\xe9'": "#!/bin/sh\r# coding: latin-1\rx = 'é'",
    b"x = 1\n# coding: latin-1\ny = '\xc3\xa9'": "x = 1\n# coding: latin-1\ny = 'é'",
    b"\n# coding: shift_jis\nx = '\x82\xa0'": "\n# coding: shift_jis\nx = 'あ'",
    codecs.BOM_UTF8 + b"# coding: utf-8\nx = 1": "# coding: utf-8\nx = 1",
    b"# coding: utf-8-sig\nx = 1": "# coding: utf-8-sig\nx = 1",
    b"x = 1\r\ny = 2\r": "x = 1\r\ny = 2\r",
    b"": "",
    b"\x0c\n": "\x0c\n",
}


@pytest.mark.parametrize("data", TEXTS)
def test_decode(data: bytes) -> None:
    assert decode(data) == TEXTS[data]


BAD = {
    b"x = '\xe9'\n": (1, 6, "0xe9"),
    b"x = 1\n\ny = '\xc3\xa9\xff'\n": (3, 7, "0xff"),
    b"x = 1\ry = \xff": (2, 5, "0xff"),
    b"# coding: nonsense\nx = 1": (1, 1, "nonsense"),
    b"\n# coding: nonsense\nx = 1": (2, 1, "nonsense"),
    b"# coding: rot13\nx = 1": (1, 1, "rot"),
    b"# coding: hex\nx = 1": (1, 1, "hex"),
    codecs.BOM_UTF8 + b"# coding: latin-1\nx = 1": (1, 1, "utf-8"),
    b"# coding: ascii\nx = '\xe9'": (2, 6, "ascii"),
    "x = 1".encode("utf-16"): (1, 1, "0xff"),
    b"\x80\x81 coding: latin-1": (1, 1, "encoding"),
    b"# coding: utf-16\nx = 1": (1, 1, "utf-16"),
}


@pytest.mark.parametrize("data", BAD)
def test_what_cannot_be_decoded_has_its_place(data: bytes) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        decode(data)
    line, column, word = BAD[data]
    assert (caught.value.line, caught.value.column, caught.value.kind) == (line, column, "encoding")
    assert word in caught.value.message
