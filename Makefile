# `make run` and `make test` need nothing before them. What they do is in scripts/ and in ./advisor.
.DEFAULT_GOAL := help
.PHONY: help setup run chat test train lint lock

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' Makefile

run:  ## Set up what is missing, start the advisor, say where it answers
	@scripts/require-ports
	@scripts/setup
	@./advisor run

chat: setup  ## The same, then talk to it in this terminal
	@./advisor chat

test: setup  ## Set up, check the knowledge, train where needed, run every test
	@scripts/install-chromium
	@scripts/install-nginx
	@./advisor knowledge build --check
	@./advisor train
	@./advisor pytest
	@./advisor front pytest

train: setup  ## Train the model anew where something changed
	@./advisor train

lint: setup  ## Check the code's style
	@.venv/engine/bin/ruff check .

lock: setup  ## Resolve requirements/*.in into lock files again
	@scripts/lock

setup:  ## Install the environments only
	@scripts/setup
