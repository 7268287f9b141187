"""Quality and speed, with the floors they must hold; each module runs with `python -m benchmarks.<name>`."""
