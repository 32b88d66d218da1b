"""llama.cpp's compute graph, as far as its memory depends on it."""
