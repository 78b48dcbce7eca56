# Everything a newcomer, a developer and CI need. `make` alone lists it.

ifneq ($(words $(CURDIR)),1)
$(error 本目录的路径含有空格，make 无法在其中工作；请移到不含空格的路径。 The path of this folder has a space in it, which make cannot work with; move it: "$(CURDIR)")
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo demo-clean pictures test check bench lint format environment clients

VENV := .venv
RUN := $(VENV)/bin/python -m
# Progress for a person, silence for a log.
PIP := $(RUN) pip install --disable-pip-version-check $(shell [ -t 2 ] || echo --quiet)
PORT ?= 8000
# Each runs a PostgreSQL of its own, and whole modules, whose worlds are then made once.
WORKERS := $(shell n=$$(nproc 2>/dev/null || echo 2); [ "$$n" -gt 4 ] && n=4; echo "$$n")
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# The first that is 3.11 or newer; PYTHON=… overrides.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if "$$p" -c '$(IS_NEW_ENOUGH)' 2>/dev/null; then echo "$$p"; break; fi; done)

help:  ## 本列表 · this list
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/:.*  ## /\t/' | expand -t 14

demo: $(VENV)/.demo $(VENV)/.project  ## 示例区县 · a sample district on port 8000 (PORT=); TODAY=2027-01-12 lives to that day; Ctrl-C stops it
	@PORT="$(PORT)" TODAY="$(TODAY)" $(RUN) tests.sample.demo

demo-clean:  ## 清除示例数据 · forget the sample district's data
	@if [ -e .longwen/postgres.lock ] && ! $(or $(PYTHON),python3) -c \
		'import fcntl; fcntl.flock(open(".longwen/postgres.lock"), fcntl.LOCK_EX | fcntl.LOCK_NB)' 2>/dev/null; then \
		echo '数据库正在使用中：请先在运行 make demo（或 longwen serve）的终端按 Ctrl-C。'; \
		echo 'The database is in use: press Ctrl-C in the terminal that runs make demo (or longwen serve) first.'; \
		exit 1; \
	fi
	@rm -rf .longwen
	@echo '已清除 .longwen · removed .longwen'

pictures: environment  ## README 的图片 · the README's pictures, of a demo that runs in another terminal; needs chromium
	@$(VENV)/bin/python docs/pictures.py "http://127.0.0.1:$(PORT)/screen#$$(cat .longwen/screen.token)"

test: environment  ## 测试 · the tests
	@$(RUN) pytest -n $(WORKERS) --dist loadscope

check: lint clients test  ## CI 所做的全部 · all that CI does: lint, types, import contracts, tests

clients: clients/.venv/.installed clients/typescript/node_modules/.installed  ## 客户端生成器 · what generates clients; make test then tries them

lint: environment  ## 静态检查 · lint, types and import contracts
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(VENV)/bin/lint-imports
	@$(RUN) deptry .

format: environment  ## 统一格式 · format the code
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

bench: environment  ## 性能测量 · measure against yardsticks
	@$(RUN) benchmarks

environment: $(VENV)/.dev $(VENV)/.project

# The environment. A stamp is as old as the installation that it stands for; what has not changed is not installed again.

$(VENV)/.made:
	@if [ -z "$(PYTHON)" ]; then \
		echo '需要 Python 3.11 或更新版本（可用 PYTHON=… 指定）：apt install python3 python3-venv'; \
		echo 'Python 3.11 or newer is needed (PYTHON=… names one): apt install python3 python3-venv'; exit 1; fi
	@"$(PYTHON)" -c '$(IS_NEW_ENOUGH)' || { \
		echo '$(PYTHON) 版本过低或无法运行，需要 3.11 或更新版本。'; \
		echo '$(PYTHON) does not run or is too old; 3.11 or newer is needed.'; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
		v=$$("$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "缺少 Python 的 venv 模块。请先运行：apt install python3-venv（或 python$$v-venv）"; \
		echo "Python's venv module is missing. Run first: apt install python3-venv (or python$$v-venv)"; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/.made
	@echo '安装开发环境 · installing the development environment'
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

# The development environment has all that the demo needs.
$(VENV)/.demo: requirements-demo.txt | $(VENV)/.made
	@if [ ! -e $(VENV)/.dev ] || [ requirements-demo.txt -nt $(VENV)/.dev ]; then \
		echo '安装运行环境 · installing the environment' && $(PIP) --require-hashes -r requirements-demo.txt; fi
	@touch $@

# Node comes as a Python package, so that it is the same everywhere and needs no other installer.
clients/.venv/.installed: clients/requirements.txt
	@if [ -z "$(PYTHON)" ]; then echo '需要 Python 3.11 或更新版本。Python 3.11 or newer is needed.'; exit 1; fi
	@"$(PYTHON)" -m venv clients/.venv
	@echo '安装客户端生成器 · installing the generators of clients'
	@clients/.venv/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes -r clients/requirements.txt
	@touch $@

clients/typescript/node_modules/.installed: clients/typescript/package-lock.json | clients/.venv/.installed
	@cd clients/typescript && PATH="$(CURDIR)/clients/.venv/bin:$$PATH" npm ci --silent --ignore-scripts
	@touch $@

$(VENV)/.project: pyproject.toml | $(VENV)/.made
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@
