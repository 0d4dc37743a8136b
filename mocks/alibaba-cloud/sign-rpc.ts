/**
 * The older signature of RPC calls, which old SDKs still make: HMAC-SHA1 under the secret and `&`, over the method and
 * all parameters, which are in the query of a GET and in the query or the form of a POST.
 */
import { createHmac } from 'node:crypto';
import type { Call } from '#harness/provider';
import { canonicalQuery, encodeRfc3986 } from '../percent.ts';

/** All parameters of a call: those of the query, and of the body when it is a form. */
export const readRpcParameters = (call: Call): URLSearchParams => {
  const isForm = (call.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  if (call.method !== 'POST' || !isForm) return call.query;
  return new URLSearchParams([...call.query, ...new URLSearchParams(new TextDecoder().decode(call.body))]);
};

/** Whether these parameters are signed the older way. */
export const isRpcSigned = (parameters: URLSearchParams): boolean => parameters.has('Signature');

/** What is signed; the vendor shows it to a caller whose signature is another one. */
export const rpcTextToSign = (method: string, parameters: URLSearchParams): string => {
  const signed = new URLSearchParams(parameters);
  signed.delete('Signature');
  return `${method}&${encodeRfc3986('/')}&${encodeRfc3986(canonicalQuery(signed))}`;
};

/** The signature of a text, in base64. */
export const rpcSignature = (text: string, accessKeySecret: string): string =>
  createHmac('sha1', `${accessKeySecret}&`).update(text).digest('base64');
