/** Where webhooks are sent, as people write it. */
import { mockErrors } from '#harness/mock-errors';

/** The address again; throws `bad-url`, in which it is called `option`, unless it is an http or https one. */
export const readWebhookUrl = (option: string, text: string): string => {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) throw mockErrors.badUrl(option, text);
  return text;
};
