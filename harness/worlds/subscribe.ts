/** Providers that are told once where their webhooks go, as the merchant's staff does it in a console. */
import type { OpenProvider } from '../provider.ts';
import type { Target, Wiring } from '../target.ts';

/** The whole address per provider that is told so once; `webhookUrls` are the bases, as `Wiring` has them. */
export const webhookUrlsAt =
  (webhookUrls: Wiring['webhookUrls'], { webhookPaths = {} }: Pick<Target, 'webhookPaths'>) =>
  (providerId: string): string | undefined =>
    webhookPaths[providerId] === undefined ? undefined : `${webhookUrls[providerId]}${webhookPaths[providerId]}`;

/** Tells each of them that runs in this process. */
export const subscribeAll = (
  providers: readonly OpenProvider[],
  webhookUrls: Wiring['webhookUrls'],
  target: Target,
): void => {
  const urlOf = webhookUrlsAt(webhookUrls, target);
  for (const { id, subscribe } of providers) {
    const url = urlOf(id);
    if (url !== undefined) subscribe?.(url);
  }
};
