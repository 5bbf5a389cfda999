# `just` lists these. They are short for what stands in CONTRIBUTING.md and .ci/run.

_default:
    @just --list

# Seconds: formatting and whether it compiles
check:
    cargo fmt --check
    cargo check --all-targets --locked

# Seconds: the tests that need no database
fast:
    cargo test --locked --lib
    cargo test --locked --test it architecture

# All that has to pass before a change lands
ci:
    .ci/run

# Writes the generated files anew; read the difference
golden:
    -DANVAN_WRITE=1 cargo test --locked
    DANVAN_WRITE=1 cargo test --locked
    git diff --stat

# The service beside pgbench; a quiet machine
bench:
    cargo bench
