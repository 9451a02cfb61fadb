"""The recipe `cxr-mini` on PyTorch and diffusers: see tools/README.md."""
