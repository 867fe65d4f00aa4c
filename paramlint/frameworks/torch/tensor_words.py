"""Attributes of tensors that no entry stands for: they exist, and what they are is not known. Any other name is no attribute.

Source: ``dir(torch.Tensor)``.
"""

from __future__ import annotations

_WORDS = """
_addmm_activation _autocast_to_full_precision _autocast_to_reduced_precision _backward_hooks _base _cdata _clear_non_serializable_cached_data
_coalesced_ _conj _conj_physical _dimI _dimV _dtensor__new__ _fix_weakref _grad _grad_fn _has_symbolic_sizes_strides _indices _is_all_true
_is_any_true _is_view _is_zerotensor _lazy_clone _make_subclass _make_wrapper_subclass _neg_view _nested_tensor_size
_nested_tensor_storage_offsets _nested_tensor_strides _nnz _philox_normal_ _philox_uniform_ _post_accumulate_grad_hooks _python_dispatch
_reduce_ex_internal _rev_view_func_unsafe _sparse_mask_projection _to_dense _to_sparse _to_sparse_bsc _to_sparse_bsr _to_sparse_csc _to_sparse_csr
_typed_storage _use_count _values _version _view_func _view_func_unsafe addr addr_ allclose apply_ as_strided_scatter bernoulli_ ccol_indices
cdouble chalf cholesky_solve col_indices const_data_ptr corrcoef cov crow_indices data dense_dim dequantize dim_order dist dsplit dtype eig equal
frexp geqrf grad grad_dtype grad_fn hash_tensor heaviside heaviside_ histogram hsplit igamma igamma_ igammac igammac_ index indices int_repr ipu
is_coalesced is_conj is_distributed is_ipu is_maia is_mkldnn is_mtia is_neg is_nonzero is_same_size is_set_to is_signed is_sparse_csr is_vulkan
is_xpu istft ldexp ldexp_ lstsq lu lu_solve map2_ map_ module_load mtia multinomial name nbytes new new_empty_strided nonzero_static orgqr ormqr
output_nr polygamma polygamma_ prelu q_per_channel_axis q_per_channel_scales q_per_channel_zero_points q_scale q_zero_point qscheme record_stream
register_post_accumulate_grad_hook reinforce renorm renorm_ requires_grad requires_grad_ resize resize_as resize_as_ resize_as_sparse_
retains_grad row_indices set_ slice_inverse slogdet solve sparse_dim sparse_mask sparse_resize_ sparse_resize_and_clear_ sspaddmm storage_type
sum_to_size svd symeig to_mkldnn to_padded_tensor to_sparse to_sparse_bsc to_sparse_bsr to_sparse_coo to_sparse_csc to_sparse_csr triangular_solve
unsafe_chunk unsafe_split_with_sizes values volatile vsplit
"""
TENSOR_WORDS = frozenset(_WORDS.split())
