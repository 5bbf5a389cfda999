# The service alone: PostgreSQL is a server of its own (see docker-compose.yml).
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
# Dependencies first: they change seldom, and this layer is kept.
COPY Cargo.toml Cargo.lock ./
COPY macros macros
RUN mkdir -p src benches/day && echo 'fn main() {}' > src/main.rs && touch src/lib.rs && echo 'fn main() {}' > benches/day/main.rs \
    && cargo build --profile dist --locked && rm -rf src benches
COPY . .
# The stand-ins above are older than the sources only by their time stamps.
RUN touch src/main.rs src/lib.rs && cargo build --profile dist --locked

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/danvan --create-home --shell /usr/sbin/nologin danvan
COPY --from=build /src/target/dist/danvan /usr/local/bin/danvan
USER 10001
WORKDIR /var/lib/danvan
# The admin listener is this container's own: a scraper beside it is let in by DANVAN_ADMIN_BIND and a network of theirs.
ENV DANVAN_BIND=0.0.0.0:8080 DANVAN_ADMIN_BIND=127.0.0.1:9090 DANVAN_DRAIN_WAIT=5
EXPOSE 8080
# Asks the admin listener through the program itself: the image holds no other client.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["danvan", "health", "http://127.0.0.1:9090/health/ready"]
ENTRYPOINT ["danvan"]
CMD ["serve"]
