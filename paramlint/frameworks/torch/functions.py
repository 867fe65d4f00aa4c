"""Functions and classes of torch without a result that matters: what they take, and what they raise for anything else.

Signatures as ``analysis.word_signatures`` reads them; behind a parameter stands what it takes (``analysis.taken``), and behind "!" the exception
for other values, where that is known. Those behind "*" are given by name alone.

Source: torch/autograd, torch/amp, torch/random.py, torch/jit, torch/utils/data, torch/__init__.py, torch 2.13.
"""

from __future__ import annotations

from collections.abc import Mapping

_MIXED = "enabled= dtype= cache_enabled="
_SCALES = "init_scale= growth_factor= backoff_factor= growth_interval= enabled="
_LOADS = ("dataset:sized batch_size=batch!ValueError shuffle=flag sampler=doubt batch_sampler=doubt num_workers=count collate_fn= pin_memory= "
          "drop_last=bool!ValueError timeout=doubt worker_init_fn= multiprocessing_context=doubt generator= * prefetch_factor=doubt "
          "persistent_workers=doubt pin_memory_device= in_order=")
_CHECKPOINTS = "obj: f:path!AttributeError pickle_module= pickle_protocol= _use_new_zipfile_serialization= _disable_byteorder_record="
# Not modelled, and whether they raise is decided by contents or by the graph: a call is not taken to succeed.
DOUBTED = frozenset({"torch.autograd.grad", "torch.autograd.functional.jacobian", "torch.autograd.functional.hessian", "torch.multinomial",
                     "torch.func.functional_call", "torch.func.grad", "torch.func.vmap", "torch.vmap", "torch.linalg.cholesky",
                     "torch.linalg.inv", "torch.linalg.solve", "torch.cholesky", "torch.inverse"})
FUNCTIONS: Mapping[str, str] = {
    "torch.no_grad": "orig_func=",
    "torch.enable_grad": "orig_func=",
    "torch.inference_mode": "mode=",
    "torch.set_grad_enabled": "mode:bool!TypeError",
    "torch.autograd.no_grad": "orig_func=",
    "torch.autograd.enable_grad": "orig_func=",
    "torch.autograd.set_grad_enabled": "mode:bool!TypeError",
    "torch.autograd.set_detect_anomaly": "mode:bool!TypeError check_nan=bool!TypeError",
    "torch.autograd.detect_anomaly": "check_nan=bool!TypeError",
    "torch.autocast": f"device_type:device {_MIXED.replace('enabled= dtype=', 'dtype= enabled=', 1)}",
    "torch.amp.autocast": f"device_type:device {_MIXED.replace('enabled= dtype=', 'dtype= enabled=', 1)}",
    "torch.amp.autocast_mode.autocast": f"device_type:device {_MIXED.replace('enabled= dtype=', 'dtype= enabled=', 1)}",
    "torch.cuda.amp.autocast": _MIXED,
    "torch.amp.GradScaler": f"device= {_SCALES}",
    "torch.amp.grad_scaler.GradScaler": f"device= {_SCALES}",
    "torch.cuda.amp.GradScaler": _SCALES,
    "torch.Generator": "device=device!RuntimeError",
    "torch.Generator.manual_seed": "seed:seed!RuntimeError",
    "torch.manual_seed": "seed:seed!ValueError",
    "torch.random.manual_seed": "seed:seed!ValueError",
    "torch.cuda.manual_seed": "seed:seed!ValueError",
    "torch.cuda.manual_seed_all": "seed:seed!ValueError",
    "torch.cuda.empty_cache": "",
    "torch.use_deterministic_algorithms": "mode:bool!TypeError * warn_only=bool!TypeError",
    "torch.set_float32_matmul_precision": "precision:text!RuntimeError",
    "torch.set_num_threads": "int:positive!RuntimeError",
    "torch._assert": "condition:true!AssertionError message:",
    "torch._check": "cond:check!RuntimeError message=",
    "torch.save": _CHECKPOINTS,
    "torch.serialization.save": _CHECKPOINTS,
    "torch.autograd.profiler.record_function": "name: args=",
    "torch.profiler.record_function": "name: args=",
    "torch.profiler.profile": "* activities= schedule= on_trace_ready= record_shapes= profile_memory= with_stack= with_flops= with_modules= "
                              "experimental_config= execution_trace_observer= acc_events= use_cuda= custom_trace_id_callback= "
                              "post_processing_timeout_s=",
    "torch.utils.data.DataLoader": _LOADS,
    "torch.utils.data.dataloader.DataLoader": _LOADS,
    "torch.utils.data.Dataset": "",
    "torch.utils.data.IterableDataset": "",
    "torch.utils.data.SequentialSampler": "data_source:",
    "torch.utils.data.Subset": "dataset: indices:",
    "torch.utils.data.ConcatDataset": "datasets:doubt",
    "torch.utils.data.RandomSampler": "data_source:sized replacement=bool!TypeError num_samples=positive!ValueError generator=",
    "torch.utils.data.BatchSampler": "sampler: batch_size:positive!ValueError drop_last:bool!ValueError",
    "torch.utils.data.get_worker_info": "",
    **dict.fromkeys(("torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad.clip_grad_norm_", "torch.nn.utils.clip_grad_norm"),
                    "parameters:tensors!TypeError max_norm:number norm_type= error_if_nonfinite= foreach="),
    "torch.nn.utils.get_total_norm": "tensors:tensors norm_type= error_if_nonfinite= foreach=",
    "torch.nn.utils.parametrize.is_parametrized": "module:object tensor_name=",
    "torch.set_printoptions": "precision= threshold= edgeitems= linewidth= profile= sci_mode=",
    "torch.set_num_interop_threads": "int:doubt",
    "torch.set_flush_denormal": "mode:bool!RuntimeError",
    **dict.fromkeys((f"torch.optim.swa_utils.get_{kind}avg_fn" for kind in ("ema_", "ema_multi_")), "decay=number"),
    **dict.fromkeys((f"torch.optim.swa_utils.get_{kind}avg_fn" for kind in ("swa_", "swa_multi_")), ""),
    "torch.set_anomaly_enabled": "mode:bool!TypeError check_nan=bool!TypeError",
    "torch.set_warn_always": "b:bool!RuntimeError",
    "torch.cuda.set_device": "device=",
    **dict.fromkeys((f"torch.jit.{name}" for name in ("is_scripting", "is_tracing")), ""),
}
# Packages of which single functions may be unknown without a doubt: they register, and decorate, what is made of code.
REGISTER = ("torch._dynamo", "torch.library", "torch.compiler", "torch.overrides", "torch.onnx", "torch.backends",
            "torch.distributed", "torch.utils.checkpoint", "torch.utils.tensorboard", "torch.optim", "torch.__future__", "torch.profiler.schedule")

# Functions that give back what they compile or mark.
PASSING: Mapping[str, str] = {
    "torch.compile": "model= * fullgraph= dynamic= backend= mode= options= disable= name= recompile_limit= isolate_recompiles=",
    "torch.jit.script": "obj: optimize= _frames_up= _rcb= example_inputs=",
    "torch.jit.trace": "func: example_inputs= optimize= check_trace= check_inputs= check_tolerance= strict= _force_outplace= _module_class= "
                       "_compilation_unit= example_kwarg_inputs= _store_inputs=",
    "torch.jit.ignore": "drop= kwargs=",
    "torch.jit.unused": "fn:",
    "torch.jit.export": "fn:",
    "torch.jit.interface": "obj:",
    "torch.jit.script_if_tracing": "fn:",
    "torch.jit.annotate": "the_type: the_value:",
    "torch.fx.wrap": "fn_or_name:",
    "torch.compiler.disable": "fn= recursive= * reason= wrapping=",
    "torch._dynamo.disable": "fn= recursive= * reason= wrapping=",
}
# Sets of examples (analysis.datasets).
DATASETS: Mapping[str, str] = {
    "torch.utils.data.Dataset": "abstract", "torch.utils.data.dataset.Dataset": "abstract",
    "torch.utils.data.TensorDataset": "tensors", "torch.utils.data.dataset.TensorDataset": "tensors",
    "torch.utils.data.random_split": "split", "torch.utils.data.dataset.random_split": "split",
}
# Functions on modules and their parameters (analysis.module_functions).
MODULE_FUNCTIONS: Mapping[str, str] = {
    **dict.fromkeys(("torch.nn.utils.parameters_to_vector", "torch.nn.utils.convert_parameters.parameters_to_vector"), "to vector"),
    **dict.fromkeys(("torch.nn.utils.vector_to_parameters", "torch.nn.utils.convert_parameters.vector_to_parameters"), "from vector"),
    **dict.fromkeys(("torch.nn.utils.skip_init", "torch.nn.utils.init.skip_init"), "skip init"),
    "torch.optim.swa_utils.AveragedModel": "averaged",
}
