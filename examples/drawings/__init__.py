"""The example drawings, one a file, and the pen that draws them."""
