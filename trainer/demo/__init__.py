"""The training demonstration: a small policy learns through the service while one looks on."""
