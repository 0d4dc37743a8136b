/** The health check of each image with Node in it: exit code 0 if PROBE_URL answers 200. The engine limits its time. */
const { PROBE_URL = 'http://127.0.0.1:8080/readyz' } = process.env;

const status = await fetch(PROBE_URL).then(
  (response) => response.status,
  (error: unknown) => String(error),
);
if (status !== 200) console.error(`${PROBE_URL}: ${status}`);
process.exit(status === 200 ? 0 : 1);
