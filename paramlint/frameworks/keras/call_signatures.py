"""The parameters of the ``call`` of each layer: a name with ``=`` has a default, which is written where a later layer may inherit it.

Recorded from Keras 3.15.1, by `inspect.signature`.
"""

from __future__ import annotations

CALLS = {
    "data, training=True": (
        "layers.AugMix.call layers.AutoContrast.call layers.CenterCrop.call layers.ContrastLimitedAdaptiveHistogramEqualization.call "
        "layers.CutMix.call layers.Equalization.call layers.MaxNumBoundingBoxes.call layers.MixUp.call layers.RandAugment.call "
        "layers.RandomBrightness.call layers.RandomColorDegeneration.call layers.RandomColorJitter.call layers.RandomContrast.call "
        "layers.RandomCrop.call layers.RandomElasticTransform.call layers.RandomErasing.call layers.RandomFlip.call "
        "layers.RandomGaussianBlur.call layers.RandomGrayscale.call layers.RandomHue.call layers.RandomInvert.call "
        "layers.RandomPerspective.call layers.RandomPosterization.call layers.RandomRotation.call layers.RandomSaturation.call "
        "layers.RandomSharpness.call layers.RandomShear.call layers.RandomTranslation.call layers.RandomZoom.call layers.Resizing.call "
        "layers.Solarization.call"
    ),
    "inputs": (
        "layers.Activation.call layers.ActivityRegularization.call layers.AdaptiveAveragePooling1D.call "
        "layers.AdaptiveAveragePooling2D.call layers.AdaptiveAveragePooling3D.call layers.AdaptiveMaxPooling1D.call "
        "layers.AdaptiveMaxPooling2D.call layers.AdaptiveMaxPooling3D.call layers.Add.call layers.Average.call layers.AveragePooling1D.call "
        "layers.AveragePooling2D.call layers.AveragePooling3D.call layers.Concatenate.call layers.Conv1D.call layers.Conv1DTranspose.call "
        "layers.Conv2D.call layers.Conv2DTranspose.call layers.Conv3D.call layers.Conv3DTranspose.call layers.Cropping1D.call "
        "layers.Cropping2D.call layers.Cropping3D.call layers.DepthwiseConv1D.call layers.DepthwiseConv2D.call layers.Discretization.call "
        "layers.Dot.call layers.ELU.call layers.Embedding.call layers.Flatten.call layers.GlobalAveragePooling2D.call "
        "layers.GlobalAveragePooling3D.call layers.GlobalMaxPooling1D.call layers.GlobalMaxPooling2D.call layers.GlobalMaxPooling3D.call "
        "layers.GroupNormalization.call layers.HashedCrossing.call layers.Hashing.call layers.Identity.call layers.IntegerLookup.call "
        "layers.LayerNormalization.call layers.LeakyReLU.call layers.Masking.call layers.MaxPooling1D.call layers.MaxPooling2D.call "
        "layers.MaxPooling3D.call layers.Maximum.call layers.MelSpectrogram.call layers.Minimum.call layers.Multiply.call "
        "layers.Normalization.call layers.PReLU.call layers.Permute.call layers.ReLU.call layers.RepeatVector.call layers.Rescaling.call "
        "layers.Reshape.call layers.STFTSpectrogram.call layers.SeparableConv1D.call layers.SeparableConv2D.call layers.StringLookup.call "
        "layers.Subtract.call layers.TextVectorization.call layers.UnitNormalization.call layers.UpSampling1D.call layers.UpSampling2D.call "
        "layers.UpSampling3D.call layers.ZeroPadding1D.call layers.ZeroPadding2D.call layers.ZeroPadding3D.call"
    ),
    "inputs, count_weights=": "layers.CategoryEncoding.call",
    "inputs, mask=": "layers.GlobalAveragePooling1D.call layers.Softmax.call",
    "inputs, mask=, training=": "layers.Lambda.call",
    "inputs, mask=, training=False, return_attention_scores=, use_causal_mask=": (
        "layers.AdditiveAttention.call layers.Attention.call"
    ),
    "inputs, reverse=": "layers.ReversibleEmbedding.call",
    "inputs, states, training=False": "layers.GRUCell.call layers.LSTMCell.call",
    "inputs, states, training=False, **kwargs": "layers.StackedRNNCells.call",
    "inputs, training=": "layers.Dense.call layers.EinsumDense.call",
    "inputs, training=, mask=": "layers.BatchNormalization.call layers.TimeDistributed.call",
    "inputs, training=False": (
        "layers.AlphaDropout.call layers.Dropout.call layers.GaussianDropout.call layers.GaussianNoise.call layers.SpatialDropout1D.call "
        "layers.SpatialDropout2D.call layers.SpatialDropout3D.call layers.SpectralNormalization.call"
    ),
    "inputs, training=True, mask=": "layers.Pipeline.call",
    "query, value, key=, query_mask=, value_mask=, key_mask=, attention_mask=, return_attention_scores=, training=, use_causal_mask=": (
        "layers.GroupQueryAttention.call layers.MultiHeadAttention.call"
    ),
    "sequence, states, training=False": "layers.SimpleRNNCell.call",
    "sequences, initial_state=, mask=, training=": "layers.Bidirectional.call",
    "sequences, initial_state=, mask=, training=False": (
        "layers.ConvLSTM1D.call layers.ConvLSTM2D.call layers.ConvLSTM3D.call layers.GRU.call layers.LSTM.call layers.RNN.call "
        "layers.SimpleRNN.call"
    ),
    "x": "layers.RMSNormalization.call",
}
