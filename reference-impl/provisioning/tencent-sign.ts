/** Tencent Cloud's TC3-HMAC-SHA256 for a POST of JSON to `/`. */
import { createHash, createHmac } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Uint8Array | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** What a call consists of. */
export interface Tc3Call {
  /** Host and port as the request will name them. */
  readonly host: string;
  readonly service: string;
  readonly action: string;
  readonly version: string;
  readonly body: string;
  readonly nowMs: number;
}

/** Whose account calls, and the secret that proves it. */
export interface Tc3Credentials {
  readonly secretId: string;
  readonly secretKey: string;
}

/** The headers, `authorization` included; `host` is signed and left to the HTTP client to send. */
export const tc3Headers = (call: Tc3Call, { secretId, secretKey }: Tc3Credentials): Record<string, string> => {
  const contentType = 'application/json; charset=utf-8';
  const timestamp = String(Math.trunc(call.nowMs / 1_000));
  const date = new Date(call.nowMs).toISOString().slice(0, 10);
  const signedHeaders = 'content-type;host';
  const lines = `content-type:${contentType}\nhost:${call.host}\n`;
  const request = ['POST', '/', '', lines, signedHeaders, sha256(call.body)].join('\n');
  const scope = `${date}/${call.service}/tc3_request`;
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), call.service), 'tc3_request');
  const signature = hmac(key, `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(request)}`).toString('hex');
  const claims = [`Credential=${secretId}/${scope}`, `SignedHeaders=${signedHeaders}`, `Signature=${signature}`];
  return {
    'content-type': contentType,
    'x-tc-action': call.action,
    'x-tc-version': call.version,
    'x-tc-timestamp': timestamp,
    authorization: `TC3-HMAC-SHA256 ${claims.join(', ')}`,
  };
};
