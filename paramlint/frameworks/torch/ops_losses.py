"""Losses as functions: the rules of the layers.

Source: the documentation of torch.nn.functional, torch 2.13.
"""

from __future__ import annotations

from typing import Any, ClassVar

from paramlint.core.shapes import Shape
from paramlint.core.tensor import Tensor
from paramlint.frameworks.torch import class_losses, losses, pair_losses
from paramlint.frameworks.torch.ops_common import function, functional
from paramlint.frameworks.torch.ops_from_layers import FromLayer


class _Loss(FromLayer):
    INPUTS: ClassVar[tuple[str, ...]] = ("input", "target")


class _PairLoss(FromLayer):
    INPUTS = ("input1", "input2", "target")


class L1(_Loss):
    """``|input - target|``."""

    NAMES = functional("l1_loss")
    LAYER = losses.L1Loss
    IGNORED = ("weight",)


class MeanSquare(_Loss):
    """``(input - target)**2``."""

    NAMES = functional("mse_loss")
    LAYER = losses.MSELoss
    IGNORED = ("weight",)


class SoftMargin(_Loss):
    """``log(1 + exp(-target * input))``."""

    NAMES = functional("soft_margin_loss")
    LAYER = losses.SoftMarginLoss


class SmoothL1(_Loss):
    """Squares near zero, distances elsewhere."""

    NAMES = functional("smooth_l1_loss")
    LAYER = losses.SmoothL1Loss


class Huber(_Loss):
    """Squares near zero, distances elsewhere, scaled."""

    NAMES = functional("huber_loss")
    LAYER = losses.HuberLoss
    IGNORED = ("weight",)


class Divergence(_Loss):
    """The Kullback-Leibler divergence."""

    NAMES = (*functional("kl_div"), *function("kl_div"))
    LAYER = losses.KLDivLoss


class PoissonNLL(_Loss):
    """The likelihood under a Poisson distribution."""

    NAMES = (*functional("poisson_nll_loss"), *function("poisson_nll_loss"))
    LAYER = losses.PoissonNLLLoss


class BinaryCrossEntropy(_Loss):
    """Cross-entropy of probabilities."""

    NAMES = functional("binary_cross_entropy")
    LAYER = losses.BCELoss


class BinaryCrossEntropyWithLogits(_Loss):
    """Cross-entropy of logits of two classes."""

    NAMES = functional("binary_cross_entropy_with_logits")
    RAISES = "ValueError"
    LAYER = losses.BCEWithLogitsLoss


class HingeEmbedding(_Loss):
    """Distances of similar pairs, margins of others."""

    NAMES = (*functional("hinge_embedding_loss"), *function("hinge_embedding_loss"))
    LAYER = losses.HingeEmbeddingLoss


class CrossEntropy(_Loss):
    """Cross-entropy of logits with class numbers or probabilities."""

    NAMES = functional("cross_entropy")
    LAYER = class_losses.CrossEntropyLoss


class NegativeLikelihood(_Loss):
    """The negative likelihood of class numbers."""

    NAMES = functional("nll_loss")
    LAYER = class_losses.NLLLoss


class MultiLabelMargin(_Loss):
    """Margins between the classes listed and all others."""

    NAMES = functional("multilabel_margin_loss")
    LAYER = class_losses.MultiLabelMarginLoss


class MultiLabelSoftMargin(_Loss):
    """Binary cross-entropy over several labels."""

    NAMES = functional("multilabel_soft_margin_loss")
    LAYER = class_losses.MultiLabelSoftMarginLoss


class MultiMargin(_Loss):
    """Margins between the right class and all others."""

    NAMES = functional("multi_margin_loss")
    LAYER = class_losses.MultiMarginLoss


class GaussianNLL(_Loss):
    """The likelihood under a normal distribution."""

    NAMES = functional("gaussian_nll_loss")
    LAYER = losses.GaussianNLLLoss
    INPUTS = ("input", "target", "var")


class ConnectionistTemporal(_Loss):
    """Connectionist temporal classification."""

    NAMES = (*functional("ctc_loss"), *function("ctc_loss"))
    LAYER = class_losses.CTCLoss
    INPUTS = ("log_probs", "targets", "input_lengths", "target_lengths")

    def result(self) -> Any:
        for name in ("input_lengths", "target_lengths"):
            given = getattr(self, name)
            if isinstance(given, list | tuple) and not isinstance(given, Shape):  # as whole numbers
                setattr(self, name, Tensor(Shape((len(given),)), "int64"))
        return super().result()


class CosineEmbedding(_PairLoss):
    """Cosine distances of pairs."""

    NAMES = (*functional("cosine_embedding_loss"), *function("cosine_embedding_loss"))
    LAYER = pair_losses.CosineEmbeddingLoss


class MarginRanking(_PairLoss):
    """Which of two is ranked higher."""

    NAMES = (*functional("margin_ranking_loss"), *function("margin_ranking_loss"))
    LAYER = pair_losses.MarginRankingLoss


class TripletMargin(_PairLoss):
    """Nearer to the positive than to the negative, by a margin."""

    NAMES = (*functional("triplet_margin_loss"), *function("triplet_margin_loss"))
    LAYER = pair_losses.TripletMarginLoss
    INPUTS = ("anchor", "positive", "negative")
