/** `/__topple/behaviours`: how a mock is told to misbehave. */
import { ToppleError } from '#harness/errors';
import type { Call, OpenProvider, Reply } from '#harness/provider';
import { isLocal, json, notLocal, refusal } from '../doors/local.ts';
import type { Behaviours } from './site.ts';

const path = '/__topple/behaviours';

const add = (provider: OpenProvider, behaviours: Behaviours, body: Uint8Array): Reply | undefined => {
  let asked: unknown;
  try {
    asked = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return refusal(400, 'the body is no JSON', 'Post one behaviour, or a list of them: {"does": "done-answer-lost"}.');
  }
  try {
    behaviours.add(asked, provider.failings);
    return undefined;
  } catch (error) {
    if (!(error instanceof ToppleError)) throw error;
    return refusal(400, error.message, error.next);
  }
};

const answer = (provider: OpenProvider, behaviours: Behaviours, call: Call): Reply => {
  if (!isLocal(call)) return notLocal;
  const { failings } = provider;
  if (call.method === 'POST') {
    const refused = add(provider, behaviours, call.body);
    if (refused !== undefined) return refused;
  } else if (call.method === 'DELETE') behaviours.clear();
  else if (call.method !== 'GET') return refusal(404, `no route ${call.method} behaviours`, 'Use POST, GET or DELETE.');
  return json(200, { behaviours: behaviours.list(), failings });
};

/**
 * `provider` with `POST /__topple/behaviours` (one behaviour, or a list of which all are taken or none), `GET` (all of
 * them with their hits, and what can go wrong here) and `DELETE` (forgets them all). `behaviours` has to be its site.
 */
export const withBehaviours = (provider: OpenProvider, behaviours: Behaviours): OpenProvider => ({
  ...provider,
  handle: (call) => (call.path === path ? answer(provider, behaviours, call) : provider.handle(call)),
});
