"""What a run will do, in numbers, without doing it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from trainer.config import RunConfig
from trainer.data import Row
from trainer.training import arguments
from trainer.training.errors import TrainingError
from trainer.training.memory import Load, Memory, ModelShape, estimate
from trainer.training.rows import prompt_tokens, short_enough, test_rows, training_rows

_WEIGHT_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True)
class Plan:
    """The plan of a run.

    Attributes:
        rows, left_out: Training rows, and those left out for their length.
        test_rows: Rows of the test file.
        prompt_tokens: Longest prompt, in tokens.
        completion_tokens: Most tokens of a completion (cold start: of the whole sequence).
        processes: Processes of the run, by the environment.
        prompts_per_step: Prompts whose rollouts make one optimizer step.
        steps: Optimizer steps.
        rollouts: Completions that are generated and scored in all.
        shape: Of the model.
        memory: Of one process.
    """

    rows: int
    left_out: int
    test_rows: int
    prompt_tokens: int
    completion_tokens: int
    processes: int
    prompts_per_step: float
    steps: int
    rollouts: int
    shape: ModelShape
    memory: Memory


def make_plan(config: RunConfig) -> tuple[Plan, list[Row]]:
    """The plan, and the training rows. The model's weights are not loaded, only its shape.

    A machine without a GPU can plan for one. Raises ConfigError, DataError, TrainingError.
    """
    from transformers import AutoTokenizer

    # Asking for 16 bit is refused where there is no GPU, and does not change the plan.
    training = {**config.training, "bf16": False, "fp16": False}
    config = config.model_copy(update={"training": training})

    try:
        tokenizer = AutoTokenizer.from_pretrained(
            config.model.path, revision=config.model.revision or "main"
        )
    except (OSError, ValueError) as error:
        raise model_error(config, error) from error
    all_rows = training_rows(config)
    rows = short_enough(config, all_rows, tokenizer)
    longest = max(prompt_tokens(rows, tokenizer))
    tests = test_rows(config)
    shape = model_shape(config)
    if config.stage == "crpo":
        batches = _crpo_batches(config, len(rows), longest)
    else:
        batches = _cold_start_batches(config, len(rows))
    plan = Plan(
        rows=len(rows),
        left_out=len(all_rows) - len(rows),
        test_rows=len(tests),
        prompt_tokens=longest,
        completion_tokens=batches.completion_tokens,
        processes=_processes(),
        prompts_per_step=batches.prompts_per_step,
        steps=batches.steps,
        rollouts=batches.rollouts,
        shape=shape,
        memory=estimate(shape, batches.load),
    )
    return plan, rows


def model_shape(config: RunConfig) -> ModelShape:
    """The model's shape from its configuration, with the adapters that the run trains."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    try:
        described = AutoConfig.from_pretrained(
            config.model.path, revision=config.model.revision or "main"
        )
    except (OSError, ValueError) as error:
        raise model_error(config, error) from error
    text = described.get_text_config()
    with torch.device("meta"):
        model: Any = AutoModelForCausalLM.from_config(described)  # type: ignore[no-untyped-call]
        parameters = model.num_parameters()
        if config.model.lora is not None:
            from peft import get_peft_model

            model = get_peft_model(model, arguments.lora_config(config))
    heads = text.num_attention_heads
    return ModelShape(
        parameters=parameters,
        trained=sum(weight.numel() for weight in model.parameters() if weight.requires_grad),
        layers=text.num_hidden_layers,
        width=text.hidden_size,
        kv_heads=getattr(text, "num_key_value_heads", None) or heads,
        head_size=getattr(text, "head_dim", None) or text.hidden_size // heads,
        vocabulary=text.vocab_size,
    )


def model_error(config: RunConfig, error: Exception) -> TrainingError:
    """What to do about a model that cannot be loaded."""
    path = config.model.path
    if path.startswith("/"):
        return TrainingError(
            f"model.path: {path} is not the folder of a model: {error}\n"
            "A cold start's model is in its run's folder, under model/."
        )
    return TrainingError(
        f"model.path: {path} cannot be had from the hub: {error}\n"
        "Without access to the hub, give the folder of a downloaded model: model.path=/path/to/it"
    )


@dataclass(frozen=True)
class _Batches:
    prompts_per_step: float
    steps: int
    rollouts: int
    completion_tokens: int
    load: Load


def _crpo_batches(config: RunConfig, rows: int, longest: int) -> _Batches:
    settings: Any = arguments.crpo_config(config)  # TRL fills its optional fields
    group = settings.num_generations
    prompts = settings.generation_batch_size // group
    # TRL's sampler drops a last generation batch that is not full, and repeats every other.
    repeats = settings.steps_per_generation * settings.num_iterations
    micro_steps = (rows // prompts) * repeats
    if not micro_steps:
        raise TrainingError(
            f"{rows} training rows do not fill one generation batch of {prompts} prompts; lower "
            "training.gradient_accumulation_steps or training.generation_batch_size"
        )
    steps = _steps(settings, micro_steps)
    generations = -(-steps * settings.gradient_accumulation_steps // repeats)
    weight_bytes = _WEIGHT_BYTES[config.model.dtype]
    per_process = settings.per_device_train_batch_size * settings.steps_per_generation
    return _Batches(
        prompts_per_step=prompts * settings.gradient_accumulation_steps / repeats,
        steps=steps,
        rollouts=generations * settings.generation_batch_size,
        completion_tokens=settings.max_completion_length,
        load=Load(
            weight_bytes=weight_bytes,
            batch=settings.per_device_train_batch_size,
            tokens=longest + settings.max_completion_length,
            scored_tokens=settings.max_completion_length,
            generation_batch=0 if settings.use_vllm else per_process,
            optimizer=_name(settings.optim),
            checkpointing=config.model.gradient_checkpointing,
            reference=settings.beta != 0.0 and config.model.lora is None,
        ),
    )


def _cold_start_batches(config: RunConfig, rows: int) -> _Batches:
    settings = arguments.cold_start_config(config)
    batch = settings.per_device_train_batch_size
    micro_steps = -(-rows // (batch * _processes()))
    tokens = settings.max_length or 0
    return _Batches(
        prompts_per_step=batch * _processes() * settings.gradient_accumulation_steps,
        steps=_steps(settings, micro_steps),
        rollouts=0,
        completion_tokens=tokens,
        load=Load(
            weight_bytes=_WEIGHT_BYTES[config.model.dtype],
            batch=batch,
            tokens=tokens,
            scored_tokens=tokens,
            generation_batch=0,
            optimizer=_name(settings.optim),
            checkpointing=config.model.gradient_checkpointing,
            reference=False,
        ),
    )


def _steps(settings: Any, micro_steps: int) -> int:
    """Optimizer steps of the whole run; an epoch's last step may have fewer micro-steps."""
    if settings.max_steps > 0:
        return int(settings.max_steps)
    per_epoch = max(1, -(-micro_steps // settings.gradient_accumulation_steps))
    return int(-(-settings.num_train_epochs * per_epoch // 1))


def _name(option: Any) -> str:
    return str(getattr(option, "value", option))


def _processes() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))
