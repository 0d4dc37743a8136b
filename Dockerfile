# The reference top-up service and the mocks of topple. Images of one process each: no root, no shell is needed, the
# root file system may be read-only, and each says by a probe of its own whether it can work. A probe is a whole Node,
# 0.18 s of CPU: every two seconds, five containers would take almost half a core for it.
#
#   docker build --target service -t topple-service:local .               without any defect
#   docker build --target service-with-defects -t topple-service-with-defects:local .
#   docker build --target mocks -t topple-mocks:local .
#
# Where no registry of images can be reached, `npm run images:local` builds from this very file, on a base of its own.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /build
# `prepared/` is there for images:local alone, and holds the packages that npm would bring.
COPY package.json package-lock.json .npmrc prepare[d] ./
COPY tools/node/package.json tools/node/
RUN test -d node_modules || npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
COPY images/copy-packages.ts images/
RUN ["node", "images/copy-packages.ts", "node_modules", "/out/node_modules", \
     "@hono/node-server", "@rgrove/parse-xml", "hono", "pg", "prom-client"]

FROM ${NODE_IMAGE} AS sources
WORKDIR /all
COPY package.json ./
COPY images/probe.ts images/
COPY reference-impl reference-impl/
COPY harness harness/
COPY mocks mocks/
RUN ["node", "-e", "fs.cpSync('/all/reference-impl', '/sound/reference-impl', { recursive: true, \
     filter: (path) => !path.startsWith('/all/reference-impl/defects') && !path.endsWith('.test.ts') })"]

FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production
WORKDIR /app
COPY --from=sources /all/package.json ./
COPY --from=sources /all/images images/
USER 1000:1000
EXPOSE 8080
STOPSIGNAL SIGINT

FROM runtime AS service-base
ENV HOST=0.0.0.0 PORT=8080 PROBE_URL=http://127.0.0.1:8080/readyz
COPY --from=packages /out/node_modules node_modules/
ENTRYPOINT ["node", "reference-impl/main.ts"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["node", "images/probe.ts"]

FROM service-base AS service
COPY --from=sources /sound/reference-impl reference-impl/

FROM service-base AS service-with-defects
COPY --from=sources /all/reference-impl reference-impl/

FROM runtime AS mocks
ENV PROBE_URL=http://127.0.0.1:8080/__topple/records
COPY --from=sources /all/harness harness/
COPY --from=sources /all/mocks mocks/
ENTRYPOINT ["node", "harness/cli/main.ts", "mocks", "--host", "0.0.0.0", "--port", "8080", "--json"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["node", "images/probe.ts"]
