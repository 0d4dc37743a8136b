# PostgreSQL from npm's @embedded-postgres, for machines on which no registry of images can be reached.
# The context is made by scripts/images-local.ts: `rootfs/` holds the programs and every library that they load.
FROM scratch
COPY rootfs/ /
ENV PATH=/opt/postgres/bin:/usr/local/bin:/bin PGDATA=/var/lib/postgresql/data
USER 999:999
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["/usr/local/bin/entrypoint.sh"]
CMD ["postgres"]
HEALTHCHECK --interval=1s --timeout=2s --start-period=20s --retries=5 CMD ["pg_isready"]
