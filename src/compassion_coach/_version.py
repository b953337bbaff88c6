"""The version, read by the build and by `compassion-coach --version` alike."""

__version__ = "0.1.0"
