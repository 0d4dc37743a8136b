/** What the targets read of answers. */
import type { Reply } from '#harness/provider';
import { isJson, type Json } from '../json-body.ts';

/** The object in an answer; throws when there is none. */
export const objectIn = (reply: Reply): Json => {
  const parsed: unknown = JSON.parse(Buffer.from(reply.body).toString());
  if (!isJson(parsed)) throw new Error(`no object, but ${Buffer.from(reply.body).toString().slice(0, 100)}`);
  return parsed;
};

/** A field that is an object. */
export const objectAt = (fields: Json, name: string): Json => {
  const value = fields[name];
  if (!isJson(value)) throw new Error(`${name} is no object`);
  return value;
};

/** Minor units of a JSON number or decimal text with at most two places. */
export const minorOf = (value: unknown): bigint => BigInt(Math.round(Number(value) * 100));
