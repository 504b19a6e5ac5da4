"""The events that services exchange: the only thing that they share besides the runtime."""
