"""Words that every part shares: spans, unknowns, sizes, shapes, counts, diagnostics."""
