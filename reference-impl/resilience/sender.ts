/** Sends requests to one provider, each at most so long as its policy says. */
import type { HttpAnswer, HttpRequest } from '../ports.ts';
import type { RoleParts } from '../service.ts';
import { errorText } from './error-text.ts';
import { type Failure, withRetryAfter } from './failure.ts';
import type { Policy } from './policy.ts';

/** What comes back from one provider, as an answer. */
export interface Reader<Answer> {
  read(status: number, text: string, headers: HttpAnswer['headers']): Answer;
  /** Nothing came back, or nothing whole. */
  lost(reason: string): Answer;
}

/** Sends one request; what comes back is an answer or has failed, and nothing is thrown. */
export type Send<Answer> = (url: string, request: Omit<HttpRequest, 'timeoutMs'>) => Promise<Answer>;

/** The sender to the provider of `policy`; a strained answer holds how long the provider asks to be left alone. */
export const openSender =
  <Answer extends Pick<Failure, 'isStrain' | 'waitMs'>>(
    { ports: { http, clock }, config: { times } }: Pick<RoleParts, 'ports' | 'config'>,
    { timeoutMs }: Policy,
    { read, lost }: Reader<Answer>,
  ): Send<Answer> =>
  async (url, request) => {
    try {
      const response = await http(url, { ...request, timeoutMs });
      const answer = read(response.status, await response.text(), response.headers);
      return withRetryAfter(answer, response.headers, clock.nowMs(), times.retryAfterMaxMs);
    } catch (error) {
      return lost(errorText(error));
    }
  };
