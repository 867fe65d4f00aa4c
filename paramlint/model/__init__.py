"""The result as data. Rules, reporters and front ends read this and nothing behind it."""
