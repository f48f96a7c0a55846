# The commands of the project. `make run` and `make test` need Debian 12 (or a like system), Python 3.11 and make.

PYTHON ?= python3
BIN := .venv/bin
UV := VIRTUAL_ENV=.venv $(BIN)/uv
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate $(UPGRADE)
SPARE = $$(mktemp -d)
export PYTHON
# Every command here, and every process that a test starts, would compile Django anew where this is set: seconds a process.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check lint types layers migrations deploy project messages lock vendor bench tour clean
.DELETE_ON_ERROR:

help:
	@echo "make run       start Alongside with a demo community on http://localhost:8000"
	@echo "make test      every test on SQLite, and on PostgreSQL what a database can change"
	@echo "make check     style, types, layers, migrations, words, reading grade, translations, documents"
	@echo "make messages  gather messages for translation and compile what is translated"
	@echo "make lock      resolve the locked packages again (UPGRADE=--upgrade takes newer ones)"
	@echo "make vendor    fetch third-party browser files again, as pinned in tools/vendor.toml"
	@echo "make bench     measure"
	@echo "make tour      take the screenshots of docs/tour.md"
	@echo "make clean     remove what was installed and built; var/ stays"

run: .venv/run.stamp
	@exec $(BIN)/alongside serve --demo --data var

# --- what is installed; a stamp file is newer than what it was made from, so a second run does nothing

.venv/uv.stamp: requirements-uv.lock
	@tools/venv.sh
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

# One folder serves both `make run` and `make test`: what was installed for tests stays.
.venv/run.stamp: .venv/uv.stamp requirements.lock pyproject.toml
	@if [ -e .venv/dev.stamp ]; then $(MAKE) --no-print-directory .venv/dev.stamp; else \
		echo "Installing what is locked into .venv. The first time takes a minute or two."; \
		$(UV) pip sync --compile-bytecode --quiet --require-hashes requirements.lock && \
		$(UV) pip install --quiet --no-deps --no-build-isolation -e . ; fi
	@touch $@

.venv/dev.stamp: .venv/uv.stamp requirements-dev.lock pyproject.toml
	@echo "Installing what is locked, with what tests and checks need, into .venv. The first time takes some minutes."
	@$(UV) pip sync --compile-bytecode --quiet --require-hashes requirements-dev.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ .venv/run.stamp

# A push service of somebody else's making, which tests send to; the Node.js that comes with Playwright runs it.
# Lighthouse is for a benchmark.
%/node_modules/.stamp: %/package-lock.json
	@command -v npm >/dev/null 2>&1 || tools/need.sh npm
	@npm ci --silent --prefix $*
	@touch $@

# --- tests

# One core can fetch what Node.js needs while the other compiles.
test:
	@$(MAKE) --no-print-directory --jobs=2 .venv/dev.stamp tests/push/node_modules/.stamp
	@command -v chromium-headless-shell >/dev/null 2>&1 || tools/need.sh chromium-headless-shell
	@$(BIN)/python -m tools.tests $(addprefix --workers=,$(WORKERS))
	@echo "Every test passed on SQLite, and on PostgreSQL every one that a database can change."

# --- checks, each one a target of its own: `make -k check` does not stop at the first that fails

check: lint types layers migrations deploy project
	@echo "Every check passed."

lint: .venv/dev.stamp
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: .venv/dev.stamp
	@spare=$(SPARE); ALONGSIDE_DATA=$$spare $(BIN)/mypy; code=$$?; rm -rf $$spare; exit $$code

layers: .venv/dev.stamp
	@$(BIN)/lint-imports

migrations: .venv/dev.stamp
	@spare=$(SPARE); ALONGSIDE_DATA=$$spare $(BIN)/python manage.py makemigrations --check --dry-run; code=$$?; \
		rm -rf $$spare; exit $$code

deploy: .venv/dev.stamp
	@spare=$(SPARE); ALONGSIDE_ORIGIN=https://example.org ALONGSIDE_DATA=$$spare \
		$(BIN)/python manage.py check --deploy --fail-level WARNING; code=$$?; rm -rf $$spare; exit $$code

project: .venv/dev.stamp
	@$(BIN)/python -m pytest tests/checks

# --- what is made from something else and kept in the repository

messages: .venv/dev.stamp
	@$(BIN)/python -m tools.messages

lock: .venv/uv.stamp
	@echo 'uv==0.13.9' | $(COMPILE) - -o requirements-uv.lock
	@$(COMPILE) --group build pyproject.toml -o requirements.lock
	@$(COMPILE) --group dev pyproject.toml -o requirements-dev.lock

vendor: .venv/dev.stamp
	@command -v npm >/dev/null 2>&1 || tools/need.sh npm
	@$(BIN)/python -m tools.vendor

# --- measuring and showing

bench: .venv/dev.stamp bench/lighthouse/node_modules/.stamp
	@command -v chromium-headless-shell >/dev/null 2>&1 || tools/need.sh chromium-headless-shell
	@for question in sync start audit growth disclosure outbox watch phone pages; do echo "bench/$$question.py"; $(BIN)/python -m bench.$$question || exit 1; done

tour: .venv/dev.stamp
	@command -v chromium-headless-shell >/dev/null 2>&1 || tools/need.sh chromium-headless-shell
	@$(BIN)/python -m tools.tour

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist node_modules tests/push/node_modules bench/lighthouse/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
