# Wenzhen. `make run` starts it, `make test` proves it. Both need only Python 3.11+ and make.
# With uv on the PATH the environment is made by uv, else by venv and pip: the same exact versions either way.

# The first Python that really starts and is new enough: version managers put names on the PATH that do neither.
PYTHON ?= $(shell for name in python3 python python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && command -v $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev

.PHONY: run ocr test test-all lint types check bench fuzz page clean
.DEFAULT_GOAL := run

run: $(READY)
	@$(BIN)/python -c 'import importlib.util as u; raise SystemExit(u.find_spec("rapidocr") is None)' 2>/dev/null || echo "Screenshots are not read yet; add that with: make ocr"
	@$(BIN)/python -m bot start

# Reads the text in screenshots: some 150 MB more.
ocr: $(READY)
ifneq ($(UV),)
	@uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable '.[ocr]'
else
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[ocr]'
endif

test: $(READY_DEV)
	$(BIN)/python -m bot knowledge check
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

# Everything, the long wire tests too, and how many statements were run (sub-processes counted).
test-all: $(READY_DEV)
	$(BIN)/python -m bot knowledge check
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered

lint: $(READY_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: $(READY_DEV)
	$(BIN)/mypy

check: lint types test-all

# All of the work beside real rivals: ratios in bench.md (texts of 10 MB too: whole_path.py --long); then its parts.
bench: $(READY_DEV)
ifneq ($(UV),)
	@uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable '.[bench]' || echo "Some rivals have no wheels here: they are left out"
else
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]' || echo "Some rivals have no wheels here: they are left out"
endif
	PYTHONPATH=.:tests $(BIN)/python tests/benchmarks/whole_path.py --out bench.md
	$(BIN)/python -m pytest tests/benchmarks -o addopts= -q --benchmark-only --benchmark-columns=min,median,max,rounds

# All parsers of what strangers send, with faults put into real samples, for FUZZ_MINUTES (10).
fuzz: $(READY_DEV)
	PYTHONPATH=. $(BIN)/python tests/fuzz/fuzzing.py

page: $(READY)
	$(BIN)/python -m bot knowledge page --out reference.md

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks dist

# Debian splits venv from python3: say so instead of failing with a traceback.
$(READY): pyproject.toml constraints.txt
	@if [ -z "$(PYTHON)" ] && [ -z "$(UV)" ]; then echo "Python 3.11 or newer is needed: https://www.python.org/downloads/"; exit 1; fi
	@echo "Setting up Wenzhen in $(VENV); the first time this takes a minute or two. 首次安装需要一两分钟……"
ifneq ($(UV),)
	@[ -x $(BIN)/python ] || uv venv --quiet --python '>=3.11' $(VENV)
	@uv pip install --python $(BIN)/python --constraint constraints.txt --editable .
else
	@[ -x $(BIN)/pip ] || $(PYTHON) -m venv $(VENV) || { echo "On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@$(BIN)/pip install --disable-pip-version-check --no-compile --constraint constraints.txt --editable .
endif
# Compiled once, here: where Python is told to write nothing, every start would compile all of it anew. Packages may hold
# files for other versions of Python: no error.
	@$(BIN)/python -m compileall -qq -j 0 bot $(VENV)/lib >/dev/null || true
# What the knowledge teaches is learnt once, here: else the first answer would wait for it.
	@echo "Learning from the knowledge, about half a minute. 正在整理知识，约半分钟……"
	@echo "what is a quantization" | $(BIN)/python -m bot reply - >/dev/null 2>&1 || true
	@echo "Ready. 安装好了。"
	@touch $@

$(READY_DEV): $(READY)
ifneq ($(UV),)
	@uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --group dev
else
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt 'pip>=25.1'
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --group dev
endif
	@touch $@
