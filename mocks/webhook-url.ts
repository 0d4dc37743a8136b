/** Where webhooks are sent, as people write it. */
import { mockErrors } from '#harness/mock-errors';

/**
 * The address again; throws `bad-url`, in which it is called `option`, unless it is an http or https one without a user
 * or a password, which `fetch` takes from nobody.
 */
export const readWebhookUrl = (option: string, text: string): string => {
  const { protocol = '', username = '', password = '' } = URL.parse(text) ?? {};
  if (!/^https?:$/.test(protocol) || username !== '' || password !== '') throw mockErrors.badUrl(option, text);
  return text;
};
