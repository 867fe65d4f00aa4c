"""Well-known packages whose functions leave alone the modules, classes and parameters that they are given, but for what parameters hold.

They report on a model, initialise it, load weights into it, register classes, or set up how a program runs. Whoever reads code without
these packages gets an exact count that says so in its notes.
"""

from __future__ import annotations

LEAVE_ALONE = frozenset({
    # reports on models
    "torchsummary", "torchsummaryX", "torchinfo", "thop", "ptflops", "fvcore.nn", "calflops", "torchstat", "pytorch_model_summary",
    "torchviz", "hiddenlayer", "netron", "wandb", "tensorboardX", "tensorboard", "mlflow", "comet_ml", "neptune", "clearml", "visdom",
    "swanlab",
    # initialisers, checkpoints and registries
    "mmcv.cnn.utils.weight_init", "mmcv.runner", "mmengine.registry", "mmengine.logging", "mmdet.registry", "mmdet.models.builder",
    "mmseg.models.builder", "mmseg.registry", "mmcls.models.builder", "mmpretrain.registry", "mmdet3d.registry", "mmdet3d.models.builder",
    "mmpose.models.builder", "mmaction.registry", "mmcv.runner.base_module", "fvcore.common", "iopath",
    "detectron2.config", "timm.models.layers", "timm.layers", "timm.models.registry", "timm.data", "huggingface_hub",
    "safetensors", "diffusers.configuration_utils", "diffusers.utils", "transformers.utils", "transformers.activations",
    "transformers.configuration_utils",
    # optimizers and their schedules
    "apex.optimizers", "bitsandbytes.optim", "lion_pytorch", "timm.optim", "timm.scheduler", "transformers.optimization", "torch_optimizer",
    "adabelief_pytorch", "warmup_scheduler", "timm.optim.optim_factory",
    # command lines, configurations, checks of types and of shapes
    "click", "fire", "typer", "hydra", "omegaconf", "gin", "absl", "yacs", "ml_collections", "attr", "attrs", "pydantic", "beartype",
    "typeguard", "jaxtyping", "torchtyping", "typing_extensions", "overrides", "deprecated", "loguru", "rich", "tqdm", "termcolor",
    "tabulate", "yaml", "numpy", "pandas", "scipy", "sklearn", "matplotlib", "PIL", "cv2", "h5py", "pytest", "requests", "psutil", "numba",
    "joblib", "packaging",
    # kernels
    "flash_attn", "xformers", "causal_conv1d", "mamba_ssm", "selective_scan_cuda", "torch_scatter", "torch_sparse", "triton", "einops",
})


def leaves_alone(module: str) -> bool:
    """Whether a module is one of these packages, or in one."""
    parts = module.split(".")
    return any(".".join(parts[:count]) in LEAVE_ALONE for count in range(1, len(parts) + 1))
