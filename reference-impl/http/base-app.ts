/** What every role answers: is it alive, can it work, what has it counted; and how errors become answers. */
import { Hono } from 'hono';
import type { Ports } from '../ports.ts';
import { errorText } from '../resilience/error-text.ts';
import { json, Refusal, refusalAnswer } from './answers.ts';

const failed = new Refusal(
  500,
  'internal',
  'The request could not be finished.',
  'Repeat it as it was; a repeat has no second effect.',
);

/**
 * An app with /healthz (the process runs), /readyz (the database answers) and /metrics, before which `count` brings
 * gauges up to date; when it fails the scrape fails.
 */
export const baseApp = ({ db, log, metrics }: Ports, count = async (): Promise<void> => undefined): Hono => {
  const app = new Hono();
  app.get('/healthz', () => json(200, { status: 'ok' }));
  app.get('/readyz', async () => {
    try {
      await db.query('select 1 from topup.legal_transitions limit 1');
      return json(200, { status: 'ready' });
    } catch (error) {
      log.warn({ error: errorText(error) }, 'not ready');
      return refusalAnswer(new Refusal(503, 'database', 'The database does not answer.', 'Wait until it is back.'));
    }
  });
  app.get('/metrics', async () => {
    await count();
    return new Response(await metrics.metrics(), { headers: { 'content-type': metrics.contentType } });
  });
  app.notFound(() =>
    refusalAnswer(new Refusal(404, 'not-found', 'There is nothing here.', 'See the API description.')),
  );
  app.onError((error, context) => {
    if (error instanceof Refusal) return refusalAnswer(error);
    log.error({ path: context.req.path, error: errorText(error) }, 'request failed');
    return refusalAnswer(failed);
  });
  return app;
};
