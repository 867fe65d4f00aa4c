"""The project as files: which ones, and what a module name means among them."""
