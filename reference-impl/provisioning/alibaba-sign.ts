/** Alibaba Cloud's ACS3-HMAC-SHA256 for a request whose parameters all travel in the query and whose body is empty. */
import { createHash, createHmac } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a call consists of. */
export interface Acs3Call {
  /** Host and port as the request will name them. */
  readonly host: string;
  readonly action: string;
  readonly query: string;
  readonly nowMs: number;
  readonly nonce: string;
}

/** Whose account calls, and the secret that proves it. */
export interface Acs3Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** The headers of a POST to `/`, `authorization` included; `host` is signed and left to the HTTP client to send. */
export const acs3Headers = (call: Acs3Call, credentials: Acs3Credentials): Record<string, string> => {
  const headers: Record<string, string> = {
    host: call.host,
    'x-acs-action': call.action,
    'x-acs-content-sha256': sha256(''),
    'x-acs-date': new Date(call.nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    'x-acs-signature-nonce': call.nonce,
    'x-acs-version': '2017-12-14',
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = ['POST', '/', call.query, lines, names.join(';'), headers['x-acs-content-sha256']].join('\n');
  const signature = createHmac('sha256', credentials.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  const { host: _sentByClient, ...sent } = headers;
  const claims = [
    `Credential=${credentials.accessKeyId}`,
    `SignedHeaders=${names.join(';')}`,
    `Signature=${signature}`,
  ];
  return { ...sent, authorization: `ACS3-HMAC-SHA256 ${claims.join(',')}` };
};
