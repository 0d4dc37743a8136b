/** What may become of a webhook's bytes and of its place among others. */
import type { ByHand, WebhookBytes, WebhookFate } from '#harness/provider';
import type { Webhook } from './webhook-sender.ts';

/** Half of the body, under the headers of the whole. */
export const half = ({ headers, body }: WebhookBytes): WebhookBytes => ({
  headers,
  body: body.subarray(0, Math.floor(body.length / 2)),
});

/** Webhooks that wait until another one has overtaken them; `later` is a timer on the provider's clock. */
export const openOvertaken = (later: (delayMs: number, run: () => void) => () => void) => {
  let waiting: (() => void)[] = [];
  return {
    wait: (withinMs: number, go: () => void): void => {
      const released = (): void => {
        cancel();
        go();
      };
      const cancel = later(withinMs, () => {
        waiting = waiting.filter((one) => one !== released);
        go();
      });
      waiting.push(released);
    },
    /** One has left: all that waited follow. */
    passed: (): void => {
      for (const released of waiting.splice(0)) released();
    },
  };
};

/** The bytes of an attempt, and what was made wrong in them. */
export const bytesOf = (
  webhook: Webhook,
  nth: number,
  { falsehood, tamper }: WebhookFate,
  tampers: ByHand['tampers'],
) => {
  const said = webhook.encode(falsehood);
  const isTampered = tamper !== undefined && nth === 1;
  const bytes = isTampered ? tampers[tamper]?.(said) : said;
  if (bytes === undefined) throw new Error(`no webhook here can be made "${tamper}"`);
  const spoilt = [falsehood, isTampered ? tamper : undefined].filter((name) => name !== undefined).join(', ');
  return { ...bytes, ...(spoilt !== '' && { spoilt }) };
};
