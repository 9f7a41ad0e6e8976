# `make run` and `make test` need nothing before them. What they do is in scripts/ and in ./advisor.
.DEFAULT_GOAL := help
.PHONY: help setup run chat test test-all test-llama chaos train lint lock

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run:  ## Set up what is missing, start the advisor, say where it answers
	@scripts/require-ports
	@scripts/setup
	@./advisor run

chat: setup  ## The same, then talk to it in this terminal
	@./advisor chat

# What they need beside what runs.
test test-all lint: export TESTS = yes

test:  ## Set up, check style and knowledge, train where needed, run every test
	@scripts/install-chromium
	@{ scripts/install-nginx && scripts/install-faketime && scripts/install-php; } & programs=$$!; scripts/setup && wait $$programs
	@scripts/install-llama
	@./advisor knowledge build --check
	@{ scripts/install-webkit && scripts/install-firefox; } & browsers=$$!; scripts/lint --quick & lint=$$!; ./advisor train && wait $$lint && wait $$browsers
	@scripts/test

test-all: export KILLS = 20
test-all: test  ## The same, with 20 kills of the front at each point instead of 3

# make chaos CHAOS_SECONDS=120 CHAOS_SEED=7: what breaks when and where is chosen by the seed.
chaos: export TESTS = yes
chaos: export CHAOS_ENGINES ?= real
chaos: export CHAOS_CONVERSATIONS ?= 200
chaos: export CHAOS_MESSAGES ?= 20
chaos: export CHAOS_SECONDS ?= 600
chaos: export CHAOS_PAUSE ?= 4
chaos: export CHAOS_SEED ?= 1
chaos: export CHAOS_LOG ?= var/log/chaos.log
chaos: setup  ## Three fronts and two engines on one PostgreSQL behind nginx, ten minutes of kills, cuts, a full disk, wrong clocks
	@scripts/install-nginx
	@scripts/install-faketime
	@./advisor train
	@./advisor front pytest -q tests/front/test_chaos.py

test-llama: export TESTS = yes
test-llama: export WHOLE_LLAMA = yes
test-llama: setup  ## The language model's port against a real llama.cpp server with a small model
	@scripts/install-llama
	@./advisor knowledge build
	@./advisor front pytest -q tests/front/test_llama.py

train: setup  ## Train the model anew where something changed
	@./advisor train

lint: setup  ## Check style, types, structure, names and links of docs
	@scripts/lint

lock: setup  ## Resolve requirements/*.in into lock files again
	@scripts/lock

setup:  ## Install the environments only
	@scripts/setup
