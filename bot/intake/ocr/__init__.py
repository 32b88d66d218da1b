"""Text recognition: the only place that knows what recognises text. None of it is imported without the extra "ocr"."""
