/** Providers that are told once where their webhooks go, as the merchant's staff does it in a console. */
import type { OpenProvider } from '../provider.ts';
import type { Target } from '../target.ts';

/** The whole address per provider that is told so once; `webhookUrl` is the base of the role that takes webhooks. */
export const webhookUrlsAt =
  (webhookUrl: string, { webhookPaths = {} }: Pick<Target, 'webhookPaths'>) =>
  (providerId: string): string | undefined =>
    webhookPaths[providerId] === undefined ? undefined : `${webhookUrl}${webhookPaths[providerId]}`;

/** Tells each of them that runs in this process. */
export const subscribeAll = (providers: readonly OpenProvider[], webhookUrl: string, target: Target): void => {
  const urlOf = webhookUrlsAt(webhookUrl, target);
  for (const { id, subscribe } of providers) {
    const url = urlOf(id);
    if (url !== undefined) subscribe?.(url);
  }
};
