"""The optimizers and schedules of torch.optim: what they take, and what they refuse.

Source: torch/optim, torch 2.13. A parameter that may be left out has "=" behind it, and behind that what must hold of a number that is given:
``>=0``, ``<1``, or of a pair ``[0,1)``. Those behind ``*`` are given by name alone.
"""

from __future__ import annotations

from collections.abc import Mapping

_FLAGS = "foreach= maximize= differentiable="
_OPTIMISERS = {
    "Adadelta": "params lr=>=0 rho=[0,1] eps=>=0 weight_decay=>=0 foreach= * capturable= maximize= differentiable=",
    "Adafactor": "params lr=>=0 beta2_decay=<=0 eps= d=>=1 weight_decay=>=0 * foreach= maximize=",
    "Adagrad": "params lr=>=0 lr_decay=>=0 weight_decay=>=0 initial_accumulator_value=>=0 eps=>=0 foreach= * maximize= differentiable= fused=",
    "Adam": f"params lr=>=0 betas=[0,1) eps=>=0 weight_decay=>=0 amsgrad= * {_FLAGS} capturable= fused= decoupled_weight_decay=",
    "AdamW": f"params lr=>=0 betas=[0,1) eps=>=0 weight_decay=>=0 amsgrad= * {_FLAGS} capturable= fused=",
    "Adamax": "params lr=>=0 betas=[0,1) eps=>=0 weight_decay=>=0 foreach= * maximize= differentiable= capturable=",
    "ASGD": "params lr=>=0 lambd= alpha= t0= weight_decay=>=0 foreach= maximize= differentiable= capturable=",
    "LBFGS": "params lr=>=0 max_iter= max_eval= tolerance_grad= tolerance_change= history_size= line_search_fn=",
    "Muon": "params lr=>=0 weight_decay=>=0 momentum=>=0 nesterov= ns_coefficients= eps= ns_steps= adjust_lr_fn=",
    "NAdam": f"params lr=>=0 betas=[0,1) eps=>=0 weight_decay=>=0 momentum_decay=>=0 decoupled_weight_decay= * {_FLAGS} capturable=",
    "RAdam": f"params lr=>=0 betas=[0,1) eps=>=0 weight_decay=>=0 decoupled_weight_decay= * {_FLAGS} capturable=",
    "RMSprop": "params lr=>=0 alpha=>=0 eps=>=0 weight_decay=>=0 momentum=>=0 centered= capturable= foreach= maximize= differentiable=",
    "Rprop": f"params lr=>=0 etas=0<1< step_sizes= * capturable= {_FLAGS}",
    "SGD": f"params lr=>=0 momentum=>=0 dampening= weight_decay=>=0 nesterov= * {_FLAGS} fused=",
    "SparseAdam": "params lr=>0 betas=[0,1) eps=>0 maximize=",
    "Optimizer": "params defaults",
}
_LAST = "last_epoch="
_SCHEDULES = {
    "ChainedScheduler": "schedulers optimizer=",
    "ConstantLR": f"optimizer factor=[0,1] total_iters= {_LAST}",
    "CosineAnnealingLR": f"optimizer T_max eta_min= {_LAST}",
    "CosineAnnealingWarmRestarts": f"optimizer T_0:>=1 T_mult=>=1 eta_min= {_LAST}",
    "CyclicLR": "optimizer base_lr max_lr step_size_up= step_size_down= mode= gamma= scale_fn= scale_mode= cycle_momentum= base_momentum= "
                f"max_momentum= {_LAST}",
    "ExponentialLR": f"optimizer gamma {_LAST}",
    "LRScheduler": f"optimizer {_LAST}",
    "LambdaLR": f"optimizer lr_lambda {_LAST}",
    "LinearLR": f"optimizer start_factor=(0,1] end_factor=[0,1] total_iters= {_LAST}",
    "MultiStepLR": f"optimizer milestones gamma= {_LAST}",
    "MultiplicativeLR": f"optimizer lr_lambda {_LAST}",
    "OneCycleLR": "optimizer max_lr total_steps=>=1 epochs=>=1 steps_per_epoch=>=1 pct_start=[0,1] anneal_strategy=cos|linear cycle_momentum= "
                  f"base_momentum= max_momentum= div_factor= final_div_factor= three_phase= {_LAST}",
    "PolynomialLR": f"optimizer total_iters= power= {_LAST}",
    "ReduceLROnPlateau": "optimizer mode=min|max factor=<1 patience= threshold= threshold_mode=rel|abs cooldown= min_lr= eps=",
    "SequentialLR": f"optimizer schedulers milestones {_LAST}",
    "StepLR": f"optimizer step_size gamma= {_LAST}",
}
OPTIMISERS: Mapping[str, str] = {
    **{f"torch.optim.{name}": takes for name, takes in _OPTIMISERS.items()},
    **{f"torch.optim.lr_scheduler.{name}": takes for name, takes in _SCHEDULES.items()},
    "torch.optim.swa_utils.SWALR": f"optimizer swa_lr anneal_epochs=>=0 anneal_strategy=cos|linear {_LAST}",
}
