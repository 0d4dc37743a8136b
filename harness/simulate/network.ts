/** The network of a simulated world: each call and each webhook waits for its turn, and may come to harm on its way. */
import type { Clock } from '../clock.ts';
import type { Call, OpenProvider, ProviderPorts, Reply, WebhookAnswer } from '../provider.ts';
import type { InProcessPorts } from '../target.ts';
import type { Chooser } from './choices.ts';
import type { Journal } from './journal.ts';
import { asRequest, currentRequest, numbering } from './requests.ts';
import { quiescence, type Step, type StepSource } from './steps.ts';

type Http = InProcessPorts['http'];
type Deliver = ProviderPorts['deliver'];

/** How long a client that says nothing of it waits for an answer, in milliseconds of the world's clock. */
const usualPatienceMs = 5_000;

const onceFates = ['is answered', 'is not sent', 'loses its answer', 'is done late'] as const;
const callFates = [...onceFates, 'is done twice'] as const;
const webhookFates = ['is delivered', 'is lost', 'loses its answer', 'is delivered twice'] as const;

/** What the network connects. */
export interface NetworkWorld {
  readonly clock: Clock;
  readonly chooser: Chooser;
  readonly journal: Journal;
  /** Calls come to harm only while this is true. */
  readonly isHarmful: () => boolean;
  /** Hands a webhook to the system. */
  readonly receive: (webhook: Parameters<Deliver>[0]) => Promise<WebhookAnswer>;
}

/** Host name of a provider in a simulated world. */
export const hostOf = (providerId: string): string => `${providerId}.simulated`;

const callOf = (url: URL, { method, headers, body = '' }: Parameters<Http>[1]): Call => ({
  method,
  path: url.pathname,
  query: url.searchParams,
  rawQuery: url.search.slice(1),
  // As an HTTP client would: some signatures cover the host.
  headers: {
    host: url.host,
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  },
  body: Buffer.from(body),
});

const noAnswer = (patienceMs: number): Error => new Error(`no answer within ${patienceMs} ms`);

/** Everything that is under way between the system and its providers. */
export class Network implements StepSource {
  readonly #world: NetworkWorld;
  readonly #providers = new Map<string, OpenProvider>();
  readonly #underWay = new Map<string, Pick<Step, 'take' | 'request'>>();
  readonly #numbered = numbering();

  constructor(world: NetworkWorld) {
    this.#world = world;
  }

  /** From now on calls to the host of `provider` reach it. */
  attach(provider: OpenProvider): void {
    this.#providers.set(hostOf(provider.id), provider);
  }

  /** The HTTP port of `role`. */
  httpOf(role: string): Http {
    return (address, request) => {
      const url = new URL(address);
      const provider = this.#providers.get(url.hostname);
      if (provider === undefined) return Promise.reject(new Error(`nobody listens at ${url.host}`));
      const call = callOf(url, request);
      const { timeoutMs = usualPatienceMs } = request;
      return new Promise((resolve, reject) => {
        const label = this.#numbered(`${role} calls ${provider.id}`);
        const take = async () => this.#call(label, provider, call, resolve, reject, timeoutMs);
        this.#underWay.set(label, { request: currentRequest(), take });
      });
    };
  }

  /** The port by which providers post their webhooks. */
  readonly deliver: Deliver = (webhook) =>
    new Promise((resolve) => {
      const label = this.#numbered(`webhook ${webhook.eventId}`);
      this.#underWay.set(label, { request: label, take: () => this.#deliver(label, webhook, resolve) });
    });

  steps(): readonly Step[] {
    return [...this.#underWay].map(([label, { request, take }]) => ({
      label,
      request,
      take: async () => {
        this.#underWay.delete(label);
        await take();
        await quiescence();
      },
    }));
  }

  #fateOf<Fate extends string>(label: string, fates: readonly Fate[]): Fate {
    const { chooser, journal, isHarmful } = this.#world;
    const options = fates.map((fate) => `${label} ${fate}`);
    const of = { subject: label, what: label.replace(/(^webhook) .*| #\d+$/, '$1') };
    const fate = fates[isHarmful() ? chooser.choose({ kind: 'call', options, of }) : 0] as Fate;
    journal.note(`${label} ${fate}`);
    return fate;
  }

  #call(
    label: string,
    provider: OpenProvider,
    call: Call,
    resolve: (answer: Awaited<ReturnType<Http>>) => void,
    reject: (error: Error) => void,
    patienceMs: number,
  ): void {
    const giveUp = (): unknown => this.#world.clock.after(patienceMs, () => reject(noAnswer(patienceMs)));
    // Who is in between must not repeat such a call (RFC 9110, 9.2.2), and no client could do anything about it.
    const fate = this.#fateOf(label, provider.repeatsEffect?.(call) ? onceFates : callFates);
    if (fate === 'is not sent') {
      reject(new Error('connection refused'));
      return;
    }
    if (fate === 'is done late') {
      this.#underWay.set(`${label} late`, { request: undefined, take: async () => void provider.handle(call) });
      giveUp();
      return;
    }
    if (fate === 'is done twice') provider.handle(call);
    const answer = provider.handle(call);
    if (fate === 'loses its answer') giveUp();
    else if ('cut' in answer) reject(new Error('connection reset'));
    else void (answer.held ?? Promise.resolve()).then(() => resolve(responseOf(answer)));
  }

  async #deliver(label: string, webhook: Parameters<Deliver>[0], resolve: (answer: WebhookAnswer) => void) {
    const fate = this.#fateOf(label, webhookFates);
    const unanswered = { status: 0, body: '' };
    if (fate === 'is lost') return resolve(unanswered);
    const receive = () => asRequest(label, () => this.#world.receive(webhook));
    if (fate === 'is delivered twice') void receive();
    void receive().then((answer) => resolve(fate === 'loses its answer' ? unanswered : answer));
  }
}

const responseOf = ({ status, headers, body }: Reply): Awaited<ReturnType<Http>> => ({
  status,
  headers: new Headers(headers),
  text: async () => Buffer.from(body).toString(),
});
