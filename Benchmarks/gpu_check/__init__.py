"""All checks that need a GPU, one after another, in as many sittings as it takes; see scripts/gpu-check."""
