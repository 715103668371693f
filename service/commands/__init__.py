"""The commands of `matcher`, by what they work on."""
