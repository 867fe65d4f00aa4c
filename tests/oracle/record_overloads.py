"""``python tests/oracle/record_overloads.py`` records what torch's compiled functions take; see ``paramlint.schema.overloads``.

Its parser of arguments is made of texts in the compiled library. Which of them belong to a function is told by what the function says when
it is given too many arguments: the names of the parameters of each signature, or how many there are by position.
"""

from __future__ import annotations

import inspect
import json
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

RECORD = Path(__file__).parents[2] / "paramlint" / "frameworks" / "torch" / "overloads.json"
LIBRARY = Path(torch.__file__).parent / "lib" / "libtorch_python.so"
_TYPES = (r"Tensor|Scalar|Int|SymInt|Sym|int64_t|bool|double|c10|Device|std|Generator|Dimname|Layout|Memory|Array|Str|PyObject|Stream|Storage|"
          r"Complex|DispatchKeySet|Float|ListRef")
_SIGNATURE = re.compile(rf"\w+\((?:\*, )?(?:(?:{_TYPES})[^()]*)?\)(\|deprecated)?$")
_DEPRECATED = "|deprecated"
_MANY = 12  # arguments, more than any function takes


def texts() -> dict[str, list[str]]:
    """The signatures in the compiled library, by the name of the function."""
    found: dict[str, list[str]] = {}
    for match in re.finditer(rb"[\x20-\x7e]{5,}", LIBRARY.read_bytes()):
        signature = _SIGNATURE.search(match.group().decode())
        if signature is not None:
            known = found.setdefault(signature.group().partition("(")[0], [])
            if signature.group() not in known:
                known.append(signature.group())
    return found


def functions() -> Iterator[tuple[str, Any, bool]]:
    """Each compiled function by its documented name, and whether it is a method of tensors."""
    for module in (torch, torch.nn.functional, torch.linalg, torch.special, torch.fft, torch._C._nn):
        for word in sorted(dir(module)):
            function = getattr(module, word)
            if isinstance(function, types.BuiltinFunctionType) and not word.startswith("_"):
                yield f"{module.__name__.removeprefix('torch').lstrip('.')}.{word}".lstrip("."), function, False
    one = torch.ones(2)
    for word in sorted(dir(torch.Tensor)):
        if isinstance(getattr(torch.Tensor, word), types.MethodDescriptorType) and not word.startswith("__"):
            yield f"Tensor.{word}", getattr(one, word), True


def said(function: Any) -> list[tuple[str, ...]] | int | None:
    """What a function says of its signatures: the parameters of each, or how many the only one has by position."""
    try:
        function(*(object(),) * _MANY)
    except TypeError as error:
        text = str(error)
        lines = re.findall(r"^ *\* ?(\(.*\))", text, re.MULTILINE) or re.findall(r"but expected (\(.*\))", text)
        if lines:
            return [names(line.replace(" = ", "=")) for line in lines]
        count = re.search(r"takes (?:from \d+ to )?(\d+) positional arguments? but", text)
        return int(count[1]) if count is not None else 0 if "takes no arguments" in text else None
    except RuntimeError:
        return None
    return None


def words(signature: str) -> list[str]:
    inside = signature[signature.index("(") + 1:signature.rindex(")")]
    return inside.split(", ") if inside else []


def names(signature: str) -> tuple[str, ...]:
    return tuple(word.partition("=")[0].split()[-1] for word in words(signature) if word != "*")


def of(function: Any, method: bool, known: list[str]) -> list[str]:
    """The signatures of a function; none where they are not found."""
    word, answer = function.__name__, said(function)
    if answer is None:
        return []
    both = hasattr(torch.Tensor, word) and (hasattr(torch, word) or hasattr(torch._C._nn, word))
    own = [text for text in known if not both or bool({"input", "self"} & set(names(text)[:3])) != method]
    old = [text for text in own if text.endswith(_DEPRECATED)]
    if isinstance(answer, int):
        current = [text for text in own if text not in old and (words(text).index("*") if "*" in words(text) else len(words(text))) == answer]
        return current + old if current else ["()"] if answer == 0 else []
    current = []
    for wanted in answer:
        fitting = [text for text in known if not text.endswith(_DEPRECATED) and names(text) == wanted]
        current += [text for text in ([text for text in fitting if text in own] or fitting) if text not in current]
        if not fitting:
            return []
    return current + old


def written() -> Iterator[tuple[str, str]]:
    """Each function that Python code defines, and its parameters; of their values nothing is recorded."""
    for module in (torch, torch.nn.functional, torch.Tensor):
        for word in sorted(vars(module)):
            function = getattr(module, word)
            if isinstance(function, types.FunctionType) and not word.startswith("_") and function.__module__.startswith("torch"):
                given = list(inspect.signature(function).parameters.values())[1 if module is torch.Tensor else 0:]
                if all(one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY) for one in given):
                    words = [f"{kind(one.default)} {one.name}{'' if one.default is one.empty else '=0'}" for one in given]
                    first = next((at for at, one in enumerate(given) if one.kind is one.KEYWORD_ONLY), len(given))
                    text = ", ".join((*words[:first], *(["*"] if first < len(given) else []), *words[first:]))
                    yield f"{module.__name__.removeprefix('torch').lstrip('.')}.{word}".lstrip("."), f"({text})"


def kind(default: Any) -> str:
    return "flag" if isinstance(default, bool) else "number" if isinstance(default, int | float) else "any"


def record() -> str:
    """The text of the record."""
    known, found = texts(), dict[str, list[str]]()
    for name, function, method in functions():
        signatures = of(function, method, known.get(function.__name__, []))
        if signatures:
            plain = dict.fromkeys(text[text.index("("):].removesuffix(_DEPRECATED) for text in signatures)
            found.setdefault(";".join(plain), []).append(name)
    for name, text in written():
        found.setdefault(text, []).append(name)
    lines = (f"{json.dumps(key)}: {json.dumps(' '.join(value))}" for key, value in sorted(found.items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    RECORD.write_text(record(), encoding="utf-8", newline="\n")
