"""The models of PP-OCR, as rapidocr ships them: where writing stands in a picture, and what a strip of it says.

One thread each: several workers share the machine. Loaded on first use, so that a bot that is sent no picture needs no
memory for them. Source of the models' shapes: rapidocr 3.10, `ch_ppocr_rec` and `ch_ppocr_det`.
"""

import logging
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import rapidocr
from numpy.typing import NDArray

from bot.intake.ocr.canvas import Pixels

HEIGHT = 48  # pixels of a strip as the recogniser takes it
_MODEL = "PP-OCR*_rec_*.onnx"
_BATCH_WIDTH = 5_000  # pixels of all strips of a batch; each takes some 9 kB
_BATCH = 12
_ROUND = 32  # widths are rounded up to this
_DETECTED = 960  # pixels of the longer side of what the detector sees
_BLANK = 0


class Engine:
    """Reads strips, and finds them where projection does not."""

    @cached_property
    def _recogniser(self) -> Any:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        model = next(iter(sorted((Path(rapidocr.__file__).parent / "models").glob(_MODEL))))
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _characters(self) -> tuple[str, ...]:
        known = self._recogniser.get_modelmeta().custom_metadata_map["character"].splitlines()
        return ("", *known, " ")

    @cached_property
    def _detector(self) -> Any:
        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        whole = rapidocr.RapidOCR(
            params={
                "Global.log_level": "error",
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.limit_type": "max",
                "Det.limit_side_len": _DETECTED,
            }
        )
        return whole._load_det_model()  # type: ignore[no-untyped-call]

    def boxes(self, grey: Pixels) -> list[NDArray[np.float32]]:
        """The four corners (x, y) of each piece of writing, clockwise from its top left."""
        found = self._detector(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
        return [] if found.boxes is None else [np.asarray(box, dtype=np.float32) for box in found.boxes]

    def batches(self, strips: Sequence[Pixels]) -> Iterator[list[tuple[int, str, float]]]:
        """(index, text, certainty) of strips `HEIGHT` high, those of about one width together."""
        order = sorted(range(len(strips)), key=lambda index: strips[index].shape[1])
        while order:
            size = 1
            while size < min(len(order), _BATCH) and strips[order[size]].shape[1] * (size + 1) <= _BATCH_WIDTH:
                size += 1
            batch, order = order[:size], order[size:]
            read = self._read([strips[index] for index in batch])
            yield [(index, text, score) for index, (text, score) in zip(batch, read, strict=True)]

    def _read(self, strips: Sequence[Pixels]) -> list[tuple[str, float]]:
        width = -(-max(strip.shape[1] for strip in strips) // _ROUND) * _ROUND
        batch = np.zeros((len(strips), 3, HEIGHT, width), dtype=np.float32)
        for row, strip in zip(batch, strips, strict=True):
            row[:, :, : strip.shape[1]] = strip.astype(np.float32) / 127.5 - 1
        likely = self._recogniser.run(None, {self._recogniser.get_inputs()[0].name: batch})[0]
        return [self._decoded(each) for each in likely]

    def _decoded(self, likely: NDArray[np.float32]) -> tuple[str, float]:
        """The text of one strip (steps x characters): of each run of the same character one, blanks left out."""
        best = likely.argmax(axis=1)
        kept = (best != _BLANK) & np.concatenate(([True], best[1:] != best[:-1]))
        steps = np.flatnonzero(kept)
        if not len(steps):
            return "", 0.0
        text = "".join(self._characters[index] for index in best[steps])
        return text, float(likely[steps, best[steps]].mean())
