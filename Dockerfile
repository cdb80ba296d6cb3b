# The programs without the embedded server: in containers Temporal runs beside them.
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ENV CGO_ENABLED=0
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -tags noembed -trimpath -ldflags='-s -w' -o /out/ ./worker ./starter ./internal/deploy/namespace && \
    mkdir /state

# static: certificates, time zones, a user without rights, and no shell
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/ /usr/local/bin/
COPY --from=build --chown=nonroot:nonroot /state /var/lib/duban
USER nonroot
VOLUME /var/lib/duban
ENTRYPOINT ["/usr/local/bin/worker"]
