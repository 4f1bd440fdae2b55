"""How much memory a run needs on each device, before anything is loaded.

All sums are in bytes, for one process that holds the whole model (ZeRO-3 and FSDP divide weights,
gradients and optimizer states by the number of processes). With P parameters, of which Q are
trained, w bytes a weight, L layers of width H, K key-value heads of size D, a vocabulary of V:

    weights      P·w, once more for the reference model of a KL term (not with LoRA: there the
                 reference is the policy without its adapters)
    gradients    Q·w
    optimizer    Q·s; s from the optimizer: AdamW keeps two states of a weight's type, 2·w
    KV cache     2·L·K·D·w for each token of prompt and completion of all rollouts of a generation
                 batch, 0 where vLLM generates (it reserves its own share of the device)
    logits       TRL never holds all of them: one tile of at most 4,096 tokens × 32,768 words in
                 float32, and float32 gradients of the head (V·H) and of its input; while rollouts
                 are generated, V·4 for each of them
    activations  34·H bytes a token and layer in 16 bit, without the attention matrix, which the
                 fused kernels do not keep (Korthikanti et al. 2022, arXiv 2205.05198, eq. 2); with
                 gradient checkpointing one layer of them, and 2·H a token for every layer

The peak is the larger of the two phases: generation (weights, optimizer, KV cache, one row of
logits) and training (all but the KV cache). Allocator fragmentation, CUDA's own gigabyte and the
buffers of communication come on top: plan for 20 % more.
"""

from __future__ import annotations

from dataclasses import dataclass

LOGIT_TILE_TOKENS = 4096
LOGIT_TILE_WORDS = 32_768
_FLOAT32 = 4
_ACTIVATION_BYTES = 34  # a token, layer and unit of width, at 2 bytes a number


@dataclass(frozen=True)
class ModelShape:
    """What of a model decides its memory. P = `parameters`, Q = `trained`; see the module."""

    parameters: int
    trained: int
    layers: int
    width: int
    kv_heads: int
    head_size: int
    vocabulary: int


@dataclass(frozen=True)
class Load:
    """What of a run decides its memory, for one process.

    Attributes:
        weight_bytes: Bytes of a weight (w).
        batch: Sequences in a forward and backward pass.
        tokens: Longest sequence in it, prompt and completion.
        scored_tokens: Tokens of a sequence whose logits are needed.
        generation_batch: Rollouts generated at a time; 0 where nothing is, or where vLLM does it.
        optimizer: Name of the optimizer, as in `training.optim`.
        checkpointing: Whether activations are recomputed.
        reference: Whether a second copy of the weights is held for the KL term.
    """

    weight_bytes: int
    batch: int
    tokens: int
    scored_tokens: int
    generation_batch: int
    optimizer: str
    checkpointing: bool
    reference: bool


@dataclass(frozen=True)
class Memory:
    """Bytes by purpose, and the peaks of the two phases."""

    weights: int
    reference: int
    gradients: int
    optimizer: int
    kv_cache: int
    logits: int
    activations: int
    generation: int
    training: int

    @property
    def peak(self) -> int:
        return max(self.generation, self.training)


def estimate(shape: ModelShape, load: Load) -> Memory:
    """The memory of a run; formulas in the module's docstring."""
    w = load.weight_bytes
    weights = shape.parameters * w
    reference = weights if load.reference else 0
    gradients = shape.trained * w
    optimizer = round(shape.trained * _state_bytes(load.optimizer, w))
    token_kv = 2 * shape.layers * shape.kv_heads * shape.head_size * w
    kv_cache = load.generation_batch * load.tokens * token_kv
    generated_logits = load.generation_batch * shape.vocabulary * _FLOAT32
    scored = load.batch * load.scored_tokens
    tile = min(scored, LOGIT_TILE_TOKENS) * min(shape.vocabulary, LOGIT_TILE_WORDS) * _FLOAT32
    head = shape.vocabulary * shape.width * _FLOAT32 if shape.trained == shape.parameters else 0
    logits = tile + head + scored * shape.width * _FLOAT32
    activations = _activations(shape, load)
    resident = weights + reference + optimizer
    return Memory(
        weights=weights,
        reference=reference,
        gradients=gradients,
        optimizer=optimizer,
        kv_cache=kv_cache,
        logits=max(logits, generated_logits),
        activations=activations,
        generation=resident + kv_cache + generated_logits,
        training=resident + gradients + logits + activations,
    )


def _activations(shape: ModelShape, load: Load) -> int:
    """Autocast computes in 16 bit whatever the weights' type; on a CPU in float32 it is twice."""
    per_layer = load.batch * load.tokens * shape.width
    if not load.checkpointing:
        return shape.layers * per_layer * _ACTIVATION_BYTES
    return shape.layers * per_layer * 2 + per_layer * _ACTIVATION_BYTES


def _state_bytes(optimizer: str, weight_bytes: int) -> float:
    """Bytes of optimizer states for each trained weight."""
    if "8bit" in optimizer:
        return 2.0  # two states of one byte
    if optimizer.startswith("sgd"):
        return 0.0
    if optimizer.startswith("adafactor"):
        return 0.01  # a row and a column for each matrix
    if optimizer.startswith(("adagrad", "rmsprop", "lion")):
        return float(weight_bytes)
    return 2.0 * weight_bytes
