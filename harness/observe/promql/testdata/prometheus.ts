/** A real Prometheus that is started for a moment, given samples, and asked: the judge of the evaluator beside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Labels } from '../../labels.ts';
import type { Series } from '../../store.ts';
import { parseValue } from '../../value.ts';
import type { Answer } from '../values.ts';
import { writeRequestOf } from './remote-write.ts';

/** What Prometheus said to a question: an answer, or why there is none. */
export type Reply = Answer | { readonly type: 'refused'; readonly reason: string };

/** A running Prometheus. */
export interface Prometheus {
  /** What it says of its version: `3.15.0`. */
  readonly version: string;
  /** Stores the samples, stale markers included; each series once, and all within one hour. */
  write(series: readonly Series[]): Promise<void>;
  /** The answer of an instant query. */
  ask(expression: string, atMs: number): Promise<Reply>;
  /** All samples that the series of `selector` have in the `rangeMs` until `atMs`. */
  samplesOf(selector: string, atMs: number, rangeMs: number): Promise<readonly Series[]>;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

/** Where it keeps its data is filled by `prepare`, if that is given, before it starts. */
export interface PrometheusOptions {
  readonly features?: readonly string[];
  prepare?(dataFolder: string): void;
}

/** Resolves to the address that the process listens on, once it can be asked. */
const addressOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    const lines: string[] = [];
    let address: string | undefined;
    let isReady = false; // told before the address or after it
    // Read to the end: a log that nobody reads would stop the process.
    const log = createInterface({ input: child.stderr as NodeJS.ReadableStream });
    log.on('line', (line) => {
      lines.push(line);
      address ??= /msg="Listening on".* address=(\S+)/.exec(line)?.[1];
      isReady ||= line.includes('Server is ready to receive web requests');
      if (address !== undefined && isReady) resolve(address);
    });
    log.on('close', () => reject(new Error(`prometheus ended before it was ready:\n${lines.slice(-10).join('\n')}`)));
    child.on('error', reject);
  });

interface ResultJson {
  readonly status: string;
  readonly error?: string;
  readonly errorType?: string;
  readonly data?:
    | {
        readonly resultType: 'matrix';
        readonly result: readonly { readonly metric: Labels; readonly values: readonly [number, string][] }[];
      }
    | { readonly resultType: 'scalar' | 'string'; readonly result: readonly [number, string] }
    | {
        readonly resultType: 'vector';
        readonly result: readonly {
          readonly metric: Labels;
          readonly value: [number, string];
        }[];
      };
}

const numberOf = (text: string): number => {
  const value = parseValue(text);
  if (value === undefined) throw new TypeError(`prometheus answered "${text}" for a number`);
  return value;
};

const replyOf = (expression: string, { data, error = '', errorType = '' }: ResultJson): Reply => {
  if (data?.resultType === 'scalar') return { type: 'scalar', value: numberOf(data.result[1]) };
  if (data?.resultType === 'string') return { type: 'string', value: data.result[1] };
  if (data?.resultType === 'vector') {
    const samples = data.result.map(({ metric, value }) => ({ labels: metric, value: numberOf(value[1]) }));
    return { type: 'vector', samples };
  }
  if (['bad_data', 'execution'].includes(errorType)) return { type: 'refused', reason: error };
  throw new Error(`prometheus could not be asked ${expression}: ${errorType} ${error}`);
};

const seriesOf = ({ data, error = '' }: ResultJson): readonly Series[] => {
  if (data?.resultType !== 'matrix') throw new Error(`prometheus told no samples: ${error}`);
  return data.result.map(({ metric, values }) => ({
    labels: metric,
    points: values.map(([seconds, value]) => ({ timestampMs: Math.round(seconds * 1000), value: numberOf(value) })),
  }));
};

const post = (url: string, init: Omit<RequestInit, 'method'>): Promise<Response> =>
  fetch(url, { ...init, method: 'POST' });

/** Starts the program at `path` on a free port, with no targets and no rules; its data are thrown away by `stop`. */
export const startPrometheus = async (
  path: string,
  { features = [], prepare }: PrometheusOptions = {},
): Promise<Prometheus> => {
  const folder = mkdtempSync(join(tmpdir(), 'topple-prometheus-'));
  writeFileSync(join(folder, 'prometheus.yml'), '');
  prepare?.(join(folder, 'data'));
  const named = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
    '--web.enable-remote-write-receiver',
    ...(features.length > 0 ? [`--enable-feature=${features.join(',')}`] : []),
  ];
  const child = spawn(path, named, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  };
  try {
    const api = `http://${await addressOf(child)}/api/v1`;
    const query = async (expression: string, atMs: number): Promise<ResultJson> => {
      const body = new URLSearchParams({ query: expression, time: String(atMs / 1000) });
      return (await (await post(`${api}/query`, { body })).json()) as ResultJson;
    };
    const build = (await (await fetch(`${api}/status/buildinfo`)).json()) as { readonly data: { version: string } };
    return {
      version: build.data.version,
      write: async (series) => {
        const headers = { 'Content-Type': 'application/x-protobuf', 'Content-Encoding': 'snappy' };
        const response = await post(`${api}/write`, { headers, body: writeRequestOf(series) });
        if (!response.ok) throw new Error(`prometheus took no samples: ${response.status} ${await response.text()}`);
      },
      ask: async (expression, atMs) => replyOf(expression, await query(expression, atMs)),
      samplesOf: async (selector, atMs, rangeMs) => seriesOf(await query(`${selector}[${rangeMs}ms]`, atMs)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
