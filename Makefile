# Shortcuts for what is typed often. Everything works with plain `swift` commands, too.
.PHONY: check format bench docs fixtures

# Everything that continuous integration checks.
check:
	.ci/run

# All sources in the project's style.
format:
	swift format --in-place --recursive $(wildcard Sources Tests Snippets Benchmarks) Package.swift

# Kernels, layers and whole programs beside PyTorch, ONNX Runtime and JAX, which are installed into the user's caches: 20 minutes. BENCH takes
# options, as in: make bench BENCH="--only gru --pairs 3"
bench:
	swift build -c release --product rondo
	swift run -c release --package-path Benchmarks Benchmarks $(BENCH)

# The documentation of all public declarations, as a web site in .build-docs/site.
docs:
	rm -rf .build-docs/graphs .build-docs/site && mkdir -p .build-docs/graphs
	swift build --scratch-path .build-docs --target Rondo \
	  -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc .build-docs/graphs
	docc convert --additional-symbol-graph-dir .build-docs/graphs --fallback-display-name Rondo \
	  --fallback-bundle-identifier rondo --output-path .build-docs/site

# The numbers that other programs computed for the tests; each script names what it needs.
fixtures:
	for script in Tests/Fixtures/*.py; do python3 "$$script" || exit; done
