"""What the frameworks' layers are: knowledge only, one package a framework, one file a family of layers."""
