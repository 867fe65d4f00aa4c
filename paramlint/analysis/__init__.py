"""Where language meets knowledge: the module protocol, targets, layer calls, and the model they make."""
