/** The files of a journal, by name, and what each of them is; one log per role comes on top. */
export const journalFiles = {
  'verdict.json': 'the verdict with its grounds: every promise, every witness, what was not tested',
  'choices.json': 'what the seed chose; a replay needs nothing else',
  'history.ndjson': 'every request and every webhook, and how each ended; one JSON document per line',
  'provider-calls.ndjson': 'what the providers were asked, and how each call ended; one JSON document per line',
  'deliveries.ndjson': 'every attempt to deliver a webhook, and what was answered; one JSON document per line',
  'books.json': 'what the providers captured and granted, and what the ledger says',
  'alerts.json': 'every change of an alert',
  'metrics.om': 'all samples that were scraped, as OpenMetrics',
  'junit.xml': 'the verdict for test runners',
  'summary.md': 'the verdict as Markdown',
  'report.html': 'the report for people',
} as const;
