# 两条命令就够：make demo 看真实的 2025 案例，make test 跑全部测试。
# The work tree needs nothing but Python 3.11 and make; everything is installed into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint bench bench-peers editor vsix dist dist-vsix clean

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $(READY)

# check exits 1 when the facts have findings, and the real case has some: that is the demonstration.
demo: $(READY)
	@$(BIN)/zjrules check cases/zhanjiang-2025/01-real-report.yaml; code=$$?; test $$code -le 1

test: lint
	$(BIN)/python -m pytest -m 'not slow' -rs -n 2

lint: $(READY)
	$(BIN)/ruff check engine tests
	$(BIN)/ruff format --check engine tests
	$(BIN)/mypy
	$(BIN)/zjrules fmt --check rules

# What the extension of VS Code has of ours (colours, snippets, indentation), written again after a change of the grammar.
EXTENSION := engine/editors/vscode
editor: $(READY)
	$(BIN)/python -m zjrules.highlight $(EXTENSION)

# The extension as a file to install; wants Node 20 or later.
vsix:
	cd $(EXTENSION) && npm ci --silent
	mkdir -p dist
	cd $(EXTENSION) && npm run --silent package -- --out ../../../dist/zjrules.vsix

bench: $(READY) bench-peers
	$(BIN)/python tests/bench/ratios.py
	$(BIN)/python tests/bench/impact.py
	PYTHONPATH=tests $(BIN)/python tests/bench/keystroke.py
	$(BIN)/python tests/bench/bulk.py

# What the bulk engine is compared with, in an environment of its own: zjrules needs nothing of it.
PEERS := .venv-peers
bench-peers: $(PEERS)/.ready

$(PEERS)/.ready: tests/bench/peers/requirements.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r tests/bench/peers/requirements.txt
	touch $(PEERS)/.ready

# For an intranet without a registry: our wheel and every wheel that it needs, the extension of VS Code beside them, with a note
# on how to install them.
dist: $(READY)
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist/wheels .
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --wheel-dir dist/wheels "$$(echo dist/wheels/zjrules-*.whl)[editor,office,sign,web]"
	cp engine/INSTALL.txt dist/
	@$(MAKE) --no-print-directory dist-vsix

dist-vsix:
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory vsix; else \
	  echo "dist/ 里没有 VS Code 的扩展 zjrules.vsix：这台机器没有 npm。装 Node 20 以上，再运行 make vsix；不用 VS Code 的，不缺什么"; fi

clean:
	rm -rf $(VENV) $(PEERS) dist $(EXTENSION)/node_modules $(EXTENSION)/dist
