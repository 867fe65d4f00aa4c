"""One record a framework: what differs between frameworks, as data."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from paramlint.core.shapes import ShapeMismatch
from paramlint.schema.conditions import BadCall, Refused


class Errors(msgspec.Struct, frozen=True):
    """The built-in exceptions that a framework raises where an entry does not say another; empty where that is not known."""

    refused: str = ""  # for arguments
    wrong_kind: str = ""  # for an argument of a type that is not taken there
    not_an_integer: str = ""  # for a size that is not a whole number
    bad_call: str = "TypeError"  # for arguments that do not fit the signature
    unexpected_keyword: str = "TypeError"
    operand: str = ""  # for an argument of an operation
    mismatch: str = ""  # for shapes

    def of_operation(self, error: Refused) -> str:
        """The exception behind a refusal of an operation."""
        return error.error or (str(getattr(self, error.kind)) if isinstance(error, BadCall) else self.operand)

    def of(self, error: Refused | ShapeMismatch) -> str:
        """The exception behind a refusal; empty where it is not known."""
        return error.error or str(getattr(self, error.kind))


class ArgumentParser(msgspec.Struct, frozen=True):
    """What is known of how a framework reads arguments besides its signatures (analysis.overloads)."""

    functions: str  # the module of functions that Python code defines, some of which call compiled ones of the same name at the top
    operands: frozenset[str]  # compiled functions that take a number where a tensor is asked for
    numpy_names: Mapping[str, str]  # keywords as numpy calls them → the parameter
    tensors: frozenset[str]  # parameters of functions of Python that have to be tensors
    sized: tuple[str, ...]  # words in the names of such functions whose arguments behind the first are sizes


class Framework(msgspec.Struct, frozen=True):
    """A framework's names and conventions.

    ``roots`` are its top-level packages. ``aliases`` map a dotted prefix to the canonical one (``tensorflow.keras`` to ``keras``); the
    longest that matches counts.
    ``families`` are the modules of ours that hold its entries. ``layers`` and ``ops`` are the modules whose entries examples are written in.
    """

    name: str
    roots: tuple[str, ...]
    aliases: Mapping[str, str]
    families: tuple[str, ...]
    layers: str  # "torch.nn"
    module_bases: tuple[str, ...]  # qualified names of the base class of modules
    call: str  # the method a call of a module runs: "forward" or "call"
    errors: Errors = Errors()
    optional_roots: tuple[str, ...] = ()  # those of the packages without which the framework may be installed
    older: tuple[str, ...] = ()  # those of the packages that are an older version, which takes other arguments
    builds_on_call: bool = False  # weights are made on the first call
    models: Mapping[str, str] = msgspec.field(default_factory=dict)  # classes of models → "graph" | "drawn" (made by it) | "stack" (layers in a row)
    graph_names: Mapping[str, str] = msgspec.field(default_factory=dict)  # names that work on a graph of calls → how (analysis.graph_functions)
    operation_names: Mapping[str, str] = msgspec.field(default_factory=dict)  # function → its name in a graph, where that is another
    operators: Mapping[str, str] = msgspec.field(default_factory=dict)  # Python's operators on tensors → the operation
    # parameters of functions, "x, axis=" → the functions that have them, without the framework's name
    signatures: Mapping[str, str] = msgspec.field(default_factory=dict)
    outside_of_graphs: tuple[str, ...] = ()  # prefixes of functions that some versions refuse on the tensors of a graph
    input_layer: str = ""  # the layer that begins a graph
    input_entry: str = ""  # the operation that makes its tensor
    activations: str = ""  # the module of activation functions, which may be given by name
    build_shapes: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # layers whose ``build`` takes several shapes → their names
    call_context: Mapping[str, object] = msgspec.field(default_factory=dict)  # arguments of a call that the framework fills in itself
    constants: Mapping[str, object] = msgspec.field(default_factory=dict)  # names with plain values: "torch.__version__"
    method_names: Mapping[str, str] = msgspec.field(default_factory=dict)  # a module's methods → our words; empty where all are our own words
    # Methods of modules that the framework's own code calls, so that a class of the analysed code may override them: our word → its name.
    dispatched: Mapping[str, str] = msgspec.field(default_factory=dict)
    takes: Mapping[str, str] = msgspec.field(default_factory=dict)  # method of modules, or CLASS.METHOD of a container → what it takes
    # What the registration of parameters, buffers and modules refuses: word (analysis.registration) → exception and its text.
    registration: Mapping[str, tuple[str, str]] = msgspec.field(default_factory=dict)
    argument_names: Mapping[str, str] = msgspec.field(default_factory=dict)  # keywords of these methods → ours
    walks: tuple[str, ...] = ()  # methods by which the framework finds what is in a module and in those around it
    root_walks: tuple[str, ...] = ()  # and those by which it finds what is in the module that is asked
    lists: tuple[str, ...] = ()  # those of these methods that return a list where ours return an iterator
    base_arguments: Mapping[str, tuple[str, object]] = msgspec.field(default_factory=dict)  # arguments of the base class → (attribute, default)
    tables: Mapping[str, str] = msgspec.field(default_factory=dict)  # the framework's names of a module's tables → ours: "_sub_layers" → "_modules"
    keeps_tensors: bool = False  # whether a tensor that becomes an attribute of a module is a buffer of it
    private_prefix: str = ""  # under which its layers keep their arguments: "_" where `in_channels` is read as `_in_channels`
    containers: Mapping[str, tuple[str, str]] = msgspec.field(default_factory=dict)  # class → (table of its elements, one of SHAPES of containers)
    lacks: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # container → methods of its shape that it has not
    buffer: tuple[str, ...] = ()  # the class of tensors that register themselves as buffers
    parameter: tuple[str, ...] = ()  # the class of parameters, and its other names
    before_init: frozenset[str] = frozenset()  # methods of modules that need nothing of the base class's ``__init__``, or say so themselves
    tensor: tuple[str, ...] = ()  # the class of tensors
    leaf_error: str = ""  # the exception for a leaf that needs a gradient and is changed in place; empty where there is none
    leaf_methods: frozenset[str] = frozenset()  # methods that are refused so, "" for an assignment of elements; empty where all are
    unchanging: frozenset[str] = frozenset()  # functions and methods of tensors that give back the tensor itself where nothing changes
    tensor_words: frozenset[str] = frozenset()  # attributes of tensors without an entry; with them given, no other name is an attribute
    # attributes that say whether a parameter is trained (True), or that it is not (False)
    trained: Mapping[str, bool] = msgspec.field(default_factory=lambda: {"requires_grad": True})
    trained_errors: Mapping[str, str] = msgspec.field(default_factory=dict)  # of these those that take a bool alone → the exception for others
    # Operations of which all that is refused of tensors of one type of fractions is modelled; empty where that is not looked at.
    checked: frozenset[str] = frozenset()
    parser: ArgumentParser | None = None  # where the signatures are recorded
    # Fields of operations that may be a text; none where that is not checked.
    texts: frozenset[str] = frozenset()
    memory_formats: Mapping[str, int | None] = msgspec.field(default_factory=dict)  # orders of axes in memory, with the axes that each needs
    fixed_attributes: frozenset[str] = frozenset()  # attributes of tensors that cannot be set
    class_names: Mapping[str, str] = msgspec.field(default_factory=dict)  # classes that call themselves otherwise than they are documented
    objects: tuple[str, ...] = ()  # classes of plain objects that are passed as arguments, each of them an operation
    dtypes: Mapping[str, str] = msgspec.field(default_factory=dict)  # further names of element types: "half" → "float16"
    passes: tuple[str, ...] = ()  # modules whose functions give back their first argument (initialisation)
    initialisers: Mapping[str, str] = msgspec.field(default_factory=dict)  # functions of these modules → their parameters, "=" behind optional ones
    initialised_by: Mapping[tuple[str, str], frozenset[str]] = msgspec.field(default_factory=dict)  # such a function and parameter → words it takes
    # Functions of these modules that refuse tensors of other ranks → the least rank, and the most, and what they say.
    initialised_ranks: Mapping[str, tuple[int, int, str]] = msgspec.field(default_factory=dict)
    swaps: tuple[str, ...] = ()  # functions that make two tensors change places
    passing_functions: Mapping[str, str] = msgspec.field(default_factory=dict)  # what gives back its first argument → its parameters, where known
    devices: tuple[str, ...] = ()  # classes of devices
    needed_packages: Mapping[str, str] = msgspec.field(default_factory=dict)  # layers that cannot be made without another package → which
    sure_operations: frozenset[str] = frozenset()  # what takes all tensors of fractions whose shapes fit; none where that is not recorded
    operation_arguments: Mapping[str, str] = msgspec.field(default_factory=dict)  # parameter of an operation → the kind that all backends take
    # What arguments of layers' constructors may be besides plain values: name, *last word of it, or * → kinds (analysis.argument_kinds).
    object_arguments: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    plain_integers: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # layer → "argument" or "argument:exception"
    device_types: tuple[str, ...] = ()  # which devices there are; empty where names of devices are not looked at
    default_device: tuple[str, str] = ("", "")  # functions that tell, and that set, where tensors are made
    default_dtype: tuple[str, str] = ("", "")  # the same for the type of their numbers, which is float32
    default_tensor_type: tuple[str, str] = ("", "")  # the older function for both, and what it is given where nothing changes
    text_dtypes: bool = False  # whether these functions tell, and take, texts
    inert: tuple[str, ...] = ()  # contexts, decorators, handles and modules of them
    # Module of inert classes → the attributes of their objects that hold an argument, and its name.
    kept_by: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=dict)
    transforms: tuple[str, ...] = ()  # among the inert, what makes other models of models
    nothing: tuple[str, ...] = ()  # functions that return None
    functions: Mapping[str, str] = msgspec.field(default_factory=dict)  # of these and the inert → what they take (analysis.taken)
    doubted: frozenset[str] = frozenset()  # functions that are not modelled and often refuse what they are given
    register: tuple[str, ...] = ()  # packages among the inert whose functions are taken to take what they are given
    # Operations that are refused for the contents of tensors, or for their numbers → parameters that matter, and the rule (analysis.contents).
    contents: Mapping[str, tuple[str, str]] = msgspec.field(default_factory=dict)
    module_functions: Mapping[str, str] = msgspec.field(default_factory=dict)  # functions on modules → which (analysis.module_functions)
    datasets: Mapping[str, str] = msgspec.field(default_factory=dict)  # sets of examples, and functions that make them → how (analysis.datasets)
    effects: tuple[str, ...] = ()  # functions that ask the machine
    module_hooks: Mapping[str, str] = msgspec.field(default_factory=dict)  # functions that add a hook to all modules → which (analysis.hooks)
    optimisers: Mapping[str, str] = msgspec.field(default_factory=dict)  # among the inert, those that are checked → their parameters with rules
    plain_objects: Mapping[str, str] = msgspec.field(default_factory=dict)  # among the inert, classes that look at arguments → what they take
    calls_back: tuple[str, ...] = ()  # what is inert but for calling the functions that it is given
    # Classes of several results with names → those names, and those of methods that are not modelled.
    results: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = msgspec.field(default_factory=dict)
    differentiable: tuple[str, ...] = ()  # classes whose ``apply`` calls their ``forward`` with a context first
    answers: Mapping[str, object] = msgspec.field(default_factory=dict)  # functions that always give the same plain value
    callers: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # functions that call their first argument → their own keywords
    wrappers: Mapping[str, tuple[str, str]] = msgspec.field(default_factory=dict)  # objects around a module → its attribute, and a walk over it
    savers: tuple[str, ...] = ()  # functions that save a module as a program
    # Functions that call their first argument on an input of the sizes that come second → whether they leave buffers in it.
    measures: Mapping[str, bool] = msgspec.field(default_factory=dict)
    reparametrisations: Mapping[str, str] = msgspec.field(default_factory=dict)  # functions that keep a weight in another form → which
    restorations: Mapping[str, str] = msgspec.field(default_factory=dict)  # functions that undo that → its kind
    pruning: Mapping[str, str] = msgspec.field(default_factory=dict)  # functions that mask weights → what they do (analysis.pruning)
    downloads: tuple[str, ...] = ()  # functions that fetch weights from the network
    absent: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # kind of layer → weights that read as None where it has none
    absent_buffers: tuple[str, ...] = ()  # those of them that are buffers
    row_error: str = ""  # what an embedding raises for a row that it does not have, where that is looked at
    weight_type: str = ""  # the argument of layers that names the type of their weights
    unmade_methods: frozenset[str] = frozenset()  # what can be called of a weight that its layer makes when it is called first
    absent_attributes: tuple[str, ...] = ()  # those of them that are plain attributes then
    # Kind of layer → methods without consequence of their own → the methods that they call.
    layer_methods: Mapping[str, Mapping[str, tuple[str, ...]]] = msgspec.field(default_factory=dict)
    constructor_methods: tuple[str, ...] = ()  # methods that constructors of layers call for each weight, which are not followed if overridden
    constructor_calls: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # kind of layer → methods that its constructor calls last
    untensored: Mapping[str, str] = msgspec.field(default_factory=dict)  # kind of layer → exception where its input is no tensor
    # Kind of layer with weights → the exceptions for an input of other fractions than these, and of whole numbers.
    input_types: Mapping[str, tuple[str, str]] = msgspec.field(default_factory=dict)
    # Kind of layer → methods that run operations, each on what the one before gives.
    layer_operations: Mapping[str, Mapping[str, tuple[str, ...]]] = msgspec.field(default_factory=dict)
