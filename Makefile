# Everything a person types. Each target is safe to repeat and installs what it needs.
.DEFAULT_GOAL := help
UV = $(shell sh scripts/uv.sh)
WEB_SOURCES = $(shell find web/src web/index.html web/package.json web/tsconfig.json web/vite.config.ts -type f 2>/dev/null)

.PHONY: help demo serve test check fix bench docs evals setup setup-dev web clean

help: ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: setup web ## Set up, seed two sample workspaces, serve, print the URL and a login
	@.venv/bin/gtm demo

serve: setup web ## Serve without seeding
	@.venv/bin/gtm serve

test: setup-dev web ## Run the Python tests, the UI's type check and unit tests, and the browser tests
	@sh scripts/browser.sh
	.venv/bin/pytest -n 2 --dist loadfile
	# Playwright keeps an event loop of its own running, so the browser tests get their own process.
	.venv/bin/pytest -m browser tests/e2e
	cd web && PATH="$$(cd .. && sh scripts/node.sh):$$PATH" npm run --silent check

check: setup-dev ## Format, lint, types and import rules
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

fix: setup-dev ## Repair what the linters can repair
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: setup-dev ## Measure speed and memory beside references; keeps the last results in bench/results
	.venv/bin/python -m bench

docs: setup-dev ## Write the reference pages of views, metrics and tables
	.venv/bin/gtm reference docs/reference

evals: setup-dev ## Ask the evaluation questions through the agents
	.venv/bin/python -m evals

setup:
	@$(UV) sync --quiet --locked --no-dev --inexact

setup-dev:
	@$(UV) sync --quiet --locked

web: web/dist/index.html

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && PATH="$$(cd .. && sh scripts/node.sh):$$PATH" npm ci --silent --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && PATH="$$(cd .. && sh scripts/node.sh):$$PATH" npm run --silent build
	@touch $@

clean: ## Remove everything that can be made again, but not your data
	rm -rf .venv .tools web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache
