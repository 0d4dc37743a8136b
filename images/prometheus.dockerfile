# Prometheus from `npm run tools`, laid out as the image that the project publishes.
FROM scratch
COPY rootfs/ /
USER 65534:65534
EXPOSE 9090
WORKDIR /prometheus
ENTRYPOINT ["/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
