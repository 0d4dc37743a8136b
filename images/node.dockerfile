# The Node of npm's platform package with the libraries of this machine: what `FROM node:…-slim` is elsewhere.
FROM scratch
COPY rootfs/ /
ENV PATH=/usr/local/bin:/bin
