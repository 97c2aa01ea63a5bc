# Shortcuts for what is typed often. Everything works with plain `swift` commands, too.
.PHONY: check format bench docs fixtures

# Everything that continuous integration checks.
check:
	.ci/run

# All sources in the project's style.
format:
	swift format --in-place --recursive $(wildcard Sources Tests Snippets) Package.swift

# One recurrence of each kind: milliseconds, GFLOP/s and the fraction of the machine's peak.
bench:
	swift build -c release --product rondo
	for cell in elman gru lstm; do .build/release/rondo bench $$cell --batch 32 --length 35 --input 256 --hidden 256 || exit; done

# The documentation of all public declarations, as a web site in .build/docs.
docs:
	swift package dump-symbol-graph --minimum-access-level public
	rm -rf .build/docs .build/symbol-graphs && mkdir -p .build/symbol-graphs
	cp .build/*/symbolgraph/Rondo*.symbols.json .build/symbol-graphs
	docc convert $(wildcard Sources/Rondo/*.docc) --additional-symbol-graph-dir .build/symbol-graphs \
	  --fallback-display-name Rondo --fallback-bundle-identifier rondo --output-path .build/docs

# The numbers that other programs computed for the tests; each script names what it needs.
fixtures:
	for script in Tests/Fixtures/*.py; do python3 "$$script" || exit; done
