# Toxiproxy from `npm run tools`, laid out as the image that Shopify publishes.
FROM scratch
COPY rootfs/ /
USER 65534:65534
EXPOSE 8474
ENTRYPOINT ["/toxiproxy"]
CMD ["-host=0.0.0.0"]
