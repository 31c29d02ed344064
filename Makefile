# Every target brings what it needs into the checkout: uv into .tools/, Python packages into .venv/.
.DEFAULT_GOAL := help
SHELL := /bin/bash
# Without bytecode every start compiles the world again.
unexport PYTHONDONTWRITEBYTECODE

UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
RUN := $(UV) run --frozen --no-sync

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.tools/uv/bin/uv:
	python3 -m venv .tools/uv
	.tools/uv/bin/pip install --quiet 'uv>=0.9'

.venv/.synced: pyproject.toml uv.lock .python-version | $(filter .tools%,$(UV))
	$(UV) sync --frozen --compile-bytecode --quiet
	@touch $@

.PHONY: install
install: .venv/.synced ## Everything Python into .venv/
