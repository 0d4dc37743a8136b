/** Huawei Cloud's SDK-HMAC-SHA256: one HMAC with the plain secret; there is no nonce. */
import { createHash, createHmac } from 'node:crypto';
import { canonicalQuery } from './canonical-query.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a call consists of. */
export interface HuaweiCall {
  readonly method: string;
  /** Host and port as the request will name them. */
  readonly host: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
  readonly nowMs: number;
}

/** Whose account calls, and the secret that proves it. */
export interface HuaweiCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly domainId: string;
}

/** `20260101T000000Z`. */
const dateOf = (nowMs: number): string => new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');

/** The headers, `authorization` included; `host` is signed and left to the HTTP client to send. */
export const huaweiHeaders = (call: HuaweiCall, credentials: HuaweiCredentials): Record<string, string> => {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    host: call.host,
    'x-domain-id': credentials.domainId,
    'x-sdk-date': dateOf(call.nowMs),
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  // The path is signed with a slash at its end, whether it is sent with one or not.
  const path = call.path.endsWith('/') ? call.path : `${call.path}/`;
  const canonical = [call.method, path, canonicalQuery(call.query), lines, names.join(';'), sha256(call.body)];
  const text = `SDK-HMAC-SHA256\n${headers['x-sdk-date']}\n${sha256(canonical.join('\n'))}`;
  const signature = createHmac('sha256', credentials.secretKey).update(text).digest('hex');
  const { host: _sentByClient, ...sent } = headers;
  const claims = `Access=${credentials.accessKey}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...sent, authorization: `SDK-HMAC-SHA256 ${claims}` };
};
