"""Makes the helpers of this folder importable from all tests."""
