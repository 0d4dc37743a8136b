/** Alipay's RSA2: SHA256withRSA over text that both sides build from what travels, never from what was parsed. */
import { type KeyObject, sign, verify } from 'node:crypto';

/** `k=v` joined by `&`, sorted by name, raw values. */
const joined = (fields: Iterable<readonly [string, string]>): string =>
  [...fields]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

/** The signature of a request: over all its parameters that are not empty. */
export const signRequest = (parameters: Readonly<Record<string, string>>, key: KeyObject): string => {
  const present = Object.entries(parameters).filter(([, value]) => value !== '');
  return sign('sha256', Buffer.from(joined(present)), key).toString('base64');
};

/** Whether `signature` (base64) is Alipay's over exactly `text`; rubbish is false, never an exception. */
export const isSignedBy = (text: string, signature: string, key: KeyObject): boolean =>
  verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64'));

/** Whether a notice is signed: over its decoded fields without `sign` and `sign_type`. */
export const isNoticeSignedBy = (fields: ReadonlyMap<string, string>, key: KeyObject): boolean => {
  const signed = [...fields].filter(([name]) => name !== 'sign' && name !== 'sign_type');
  return isSignedBy(joined(signed), fields.get('sign') ?? '', key);
};

/**
 * The text of the object under `name` in a JSON answer, byte for byte as it was sent, or undefined. Alipay signs this
 * text: parsing and printing it again would lose its escapes (`\/`) and with them the signature.
 */
export const signedText = (answer: string, name: string): string | undefined => {
  const prefix = `{"${name}":`;
  if (!answer.startsWith(`${prefix}{`)) return undefined;
  let depth = 0;
  let quoted = false;
  for (let at = prefix.length; at < answer.length; at += 1) {
    const character = answer[at];
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === '{') depth += 1;
    else if (!quoted && character === '}') depth -= 1;
    if (depth === 0) return answer.slice(prefix.length, at + 1);
  }
  return undefined;
};
