"""One run over many targets: what they share is read and evaluated once."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from paramlint.analysis.feeds import Comments
from paramlint.analysis.overlay import Overlay
from paramlint.analysis.own_calls import makes_tensors, may_call
from paramlint.core.reading import Unreadable, read
from paramlint.core.spans import Span
from paramlint.interpreter.limits import Account
from paramlint.interpreter.machine import Interpreter
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.protocols import SourceUnreadable
from paramlint.model.tree import Model
from paramlint.project import resolver
from paramlint.project.loader import Files, Loader, SourceModule
from paramlint.syntax.decode import decode
from paramlint.syntax.outline import Outline, outline, verify
from paramlint.syntax.problem import SyntaxProblem

if TYPE_CHECKING:
    from paramlint.analysis.own_calls import OwnCall

# The depth of Python's own stack that the interpreter's limit on nested calls needs: a call of the analysed code takes a few dozen frames.
_STACK = 20_000
_LONGEST_EXCERPT = 200  # characters of a line of source

# Base classes of well-known packages that are modules of torch, by every name that they are imported from, for code that is read without
# those packages. They are taken to have no weights of their own.
KNOWN_BASES: Mapping[str, str] = {
    **dict.fromkeys((
        "lightning.LightningModule", "lightning.pytorch.LightningModule", "lightning.pytorch.core.LightningModule",
        "lightning.pytorch.core.module.LightningModule", "pytorch_lightning.LightningModule", "pytorch_lightning.core.LightningModule",
        "pytorch_lightning.core.module.LightningModule", "pytorch_lightning.core.lightning.LightningModule",
        "transformers.PreTrainedModel", "transformers.modeling_utils.PreTrainedModel",
        "diffusers.ModelMixin", "diffusers.models.ModelMixin", "diffusers.models.modeling_utils.ModelMixin", "diffusers.modeling_utils.ModelMixin",
        "mmengine.model.BaseModule", "mmengine.model.base_module.BaseModule", "mmcv.runner.BaseModule", "mmcv.runner.base_module.BaseModule",
    ), "torch.nn.Module"),
    "huggingface_hub.PyTorchModelHubMixin": "builtins.object",
    "huggingface_hub.hub_mixin.PyTorchModelHubMixin": "builtins.object",
}


class Settings(msgspec.Struct, frozen=True):
    """What the analysis needs of the configuration."""

    search_path: tuple[str, ...] = ()
    site_packages: str | None = None
    module_bases: Mapping[str, str] = msgspec.field(default_factory=dict)
    root: str = ""  # of the project, as far as a configuration or a repository says it
    callers: bool = False  # whether a file's layers are wanted with the values that reach them through the file's own calls


class FileSource:
    """Places and texts of one file, for what is reported of it."""

    def __init__(self, path: str, text: Outline) -> None:
        self.path = path
        self.outline = text
        self._spans: dict[tuple[int, int], Span] = {}

    def span(self, site: Any) -> Span:
        return self.spans([site])[site]

    def spans(self, sites: Any) -> dict[Any, Span]:
        from paramlint.syntax.positions import spans

        by_statement: dict[int, list[int]] = {}
        for site in sites:
            if (site.statement, site.anchor) not in self._spans:
                by_statement.setdefault(site.statement, []).append(site.anchor)
        for statement, anchors in by_statement.items():
            for anchor, span in spans(self.outline, statement, anchors).items():
                self._spans[statement, anchor] = span
        return {site: self._spans[site.statement, site.anchor] for site in sites}

    def text(self, site: Any) -> str:
        from paramlint.syntax.positions import text

        return text(self.outline, site.statement, site.anchor)

    def line(self, number: int) -> str:
        lines = self.outline.source.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""


def _signature(path: str) -> Any:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _is_spent(it: Interpreter) -> bool:
    """Whether an evaluation has changed what the next one would meet."""
    return it.replay is not None and it.replay.off


def _serves(it: Interpreter, roots: tuple[str, ...], bounds: tuple[str, ...], path: str) -> bool:
    """Whether what an interpreter has executed is what Python executes before it comes to a file."""
    return it.loader.roots == roots and it.loader.bounds == bounds and it.registries.imports.come_with(it, resolver.module_name(path)[0])


def _lower(text: Outline, index: int) -> Any:
    known = text.lowered.get(index)
    if known.__class__ is tuple:
        return known
    from paramlint.syntax.parse import lower

    try:
        return lower(text, index)
    except SyntaxProblem as problem:
        raise SourceUnreadable(problem.message) from problem


class Session:
    """Files, interpreters and sources of a run."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.sources: dict[str, FileSource] = {}
        self.problems: dict[str, SyntaxProblem | Unreadable] = {}
        self.files = Files(lambda path, bounds: self._outline(path, bounds), _lower)
        self.account = Account()  # of the target or file at hand
        self._it: Interpreter | None = None  # of the last file
        self._of: tuple[str, tuple[str, ...]] = ("", ())  # that file, and its import roots
        self._roots: dict[str, tuple[str, ...]] = {}  # by file: where its imports are looked up
        self._bounds: dict[str, tuple[str, ...]] = {}  # by file: below which folders it may read
        self._folder = os.getcwd()
        self._comments: dict[str, Comments] = {}
        self._own_calls: dict[str, list[OwnCall]] = {}
        self._signatures: dict[str, Any] = {}
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _STACK))

    def _outline(self, path: str, bounds: Sequence[str], *, brief: bool = True) -> Outline | None:
        """The outline of a file in the bounds that is only evaluated; one that is imported for some of its names is read briefly."""
        try:
            if path not in self.sources:
                self._signatures[path] = _signature(path)
                self.sources[path] = FileSource(path, outline(decode(read(path, within=bounds)), lossless=False, brief=brief))
            found = self.sources[path].outline
            if not brief:
                verify(found)
            return found
        except (SyntaxProblem, Unreadable) as error:
            self.problems[path] = error
            return None

    def add(self, path: str, source: str) -> FileSource:
        """Keep a file's text, which LibCST reads: fixes may be wanted. Raises SyntaxProblem."""
        made = self.sources[path] = FileSource(path, outline(source))
        return made

    @property
    def stale(self) -> bool:
        """Whether a file has changed since it was read."""
        return any(_signature(path) != known for path, known in self._signatures.items())

    def adopt(self, path: str, source: FileSource) -> None:
        """Keep a file that has been read already."""
        self.sources[path] = FileSource(path, source.outline)

    def interpreter(self, roots: tuple[str, ...], path: str) -> Interpreter:
        """The interpreter for a file with these import roots.

        Each file is a program of its own: what another one has imported, and has changed thereby, is nothing to it. So it gets modules of its
        own, unless all that has been executed so far comes with the packages that it is in, as in a library; and so does the next target
        after one that has changed what module-level code made.
        """
        last, self._of = self._of, (path, roots)
        it = self._it
        if it is None or _is_spent(it) or (last != self._of and (last[1] != roots or not _serves(it, roots, self.bounds_of(path), path))):
            it, _ = self._interpreter(roots, self.bounds_of(path))
        self._it = it
        return it

    def _interpreter(self, roots: tuple[str, ...], bounds: tuple[str, ...]) -> tuple[Interpreter, Overlay]:
        overlay = Overlay({**KNOWN_BASES, **self.settings.module_bases})
        it = Interpreter(Loader(self.files, roots, bounds), overlay)
        overlay.attach(it)
        it.account = self.account
        return it, overlay

    def _roots_of(self, path: str) -> tuple[str, ...]:
        """The import roots of a file, for which many folders are looked into."""
        if path not in self._roots:
            self._roots[path] = tuple(resolver.roots_of(path, self.settings.search_path, self.settings.site_packages))
        return self._roots[path]

    def bounds_of(self, path: str) -> tuple[str, ...]:
        """The folders below which the program of a file is read, its project's root first."""
        if path not in self._bounds:
            self._bounds[path] = resolver.bounds_of(path, self.settings.root, self.settings.search_path, self.settings.site_packages)
        return self._bounds[path]

    def module(self, path: str) -> tuple[Interpreter, ModuleValue] | None:
        """A file as a module of the project that it stands in, and the interpreter that runs it."""
        path = os.path.abspath(path)  # imports find it under this name too
        name, _ = resolver.module_name(path)
        it = self.interpreter(self._roots_of(path), path)
        bounds = self.bounds_of(path)
        read = self._outline(path, bounds, brief=False)
        source = self.files.source(name, path, path.endswith("__init__.py"), bounds) if read is not None else None
        return None if source is None else (it, it.modules.add(source))

    def comments(self, path: str) -> Comments:
        """What the comments of a file say of the inputs of its models."""
        if path not in self._comments:
            text = self.sources[path].outline.source if path in self.sources else ""
            self._comments[path] = self._read_comments(text) if "paramlint:" in text else Comments()
        return self._comments[path]

    @staticmethod
    def _read_comments(text: str) -> Comments:
        from paramlint.analysis.stated import comments

        return comments(text)

    def own_calls(self, path: str) -> list[OwnCall]:
        """A file's calls of its own models. They run beside everything else, so that what they change concerns nobody."""
        path = os.path.abspath(path)
        if path not in self._own_calls:
            name, _ = resolver.module_name(path)
            source = self.files.source(name, path, path.endswith("__init__.py"), self.bounds_of(path))
            parts = () if source is None else source.statements
            called = any(makes_tensors(part.text) for part in parts if part.kind == "other") or may_call(parts)
            self._own_calls[path] = self._follow_own_calls(path, source) if source is not None and called else []
        return self._own_calls[path]

    def _follow_own_calls(self, path: str, source: SourceModule) -> list[OwnCall]:
        from paramlint.analysis.stated import own_calls

        it, overlay = self._interpreter(self._roots_of(path), self.bounds_of(path))
        return own_calls(it, overlay, it.modules.add(source))

    def line_of(self, site: Any) -> int:
        """The line of a place in a file that has been read."""
        return self.sources[site.path].span(site).line if site is not None and site.path in self.sources and site.statement >= 0 else 1

    def alone(self, path: str, text: Outline) -> tuple[Interpreter, ModuleValue]:
        """A file as a module without a project around it: imports of its own package are not followed."""
        it, _ = self._interpreter((), self.bounds_of(path))
        name, _ = resolver.module_name(path) if path.endswith(".py") else (path, "")
        module = it.modules.add(SourceModule(name, path, path.endswith("__init__.py"), text, _lower))
        return it, module

    def locate(self, model: Model, *, layers: bool = False) -> None:
        """Give a model the places of what stands in its way; with ``layers`` also of the calls that make its modules."""
        counts = [model.trainable, model.buffers, *(count for count in (model.macs, model.cost) if count is not None)]
        counts += (model.memory.peak, model.memory.kept) if model.memory is not None else ()
        stated = (*model.reasons, *(reason for count in counts for reason in count.reasons), *filter(None, (model.refusal,)))
        sites = [reason.site for reason in stated]
        reasons = set(sites)
        if layers and model.root is not None:
            sites += [node.site for node in model.root.walk()]
        by_path: dict[str, dict[Any, None]] = {}
        for site in sites:
            if site is not None and site not in model.places and site.statement >= 0 and site.path in self.sources:
                by_path.setdefault(site.path, {})[site] = None
        for path, wanted in by_path.items():
            shown = model.path if path == os.path.abspath(model.path) else self._shown(path)
            for site, span in self.sources[path].spans(wanted).items():
                model.places[site] = shown, span.line, span.column
                if site in reasons:
                    model.excerpts[site] = self.sources[path].line(span.line).strip()[:_LONGEST_EXCERPT]

    def _shown(self, path: str) -> str:
        """A path as people write it: relative where it is below the folder that they are in."""
        return os.path.relpath(path, self._folder) if path.startswith(self._folder + os.sep) else path
