"""The shared kernel: the field's words as plain values. Nothing here does I/O or reads a clock."""
