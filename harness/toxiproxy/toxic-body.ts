import { apiErrors } from './api-error.ts';
import { type Body, numberOf, objectOf, refuseChange, textOf } from './body.ts';
import type { Toxic } from './toxic.ts';
import { toxicKinds } from './toxics/index.ts';
import type { Direction, ToxicKind } from './toxics/toxic.ts';

const fields = ['name', 'type', 'stream', 'toxicity', 'attributes'];

/** What a request asks of a new toxic. */
export type ToxicRequest = Pick<Toxic, 'name' | 'kind' | 'stream' | 'toxicity' | 'attributes'>;

const settingsOf = (
  body: Body,
  kind: ToxicKind,
  present: Pick<Toxic, 'toxicity' | 'attributes'>,
): Pick<Toxic, 'toxicity' | 'attributes'> => {
  const names = Object.keys(kind.attributes);
  const given = objectOf(body.attributes ?? {}, `attributes of ${kind.type}`, names);
  const attributes: Record<string, number> = {};
  for (const [name, { min }] of Object.entries(kind.attributes)) {
    const bounds = { min, max: Number.MAX_SAFE_INTEGER, integer: true };
    attributes[name] = numberOf(given, name, present.attributes[name] ?? 0, bounds);
  }
  const conflict = kind.conflict?.(attributes);
  if (conflict !== undefined) throw apiErrors.badBody(conflict);
  return { toxicity: numberOf(body, 'toxicity', present.toxicity, { min: 0, max: 1, integer: false }), attributes };
};

/** Reads a new toxic: the stream is downstream, the toxicity 1, the name `type_stream` unless the body says more. */
export const newToxicOf = (value: unknown): ToxicRequest => {
  const body = objectOf(value, 'a toxic', fields);
  const given = textOf(body, 'stream') ?? 'downstream';
  const stream = given.toLowerCase() as Direction;
  if (stream !== 'upstream' && stream !== 'downstream') throw apiErrors.badStream(given);
  const type = textOf(body, 'type');
  if (type === undefined) throw apiErrors.missingField('type');
  const kind = toxicKinds.get(type);
  if (kind === undefined) throw apiErrors.unknownType(type, toxicKinds.keys());
  const name = textOf(body, 'name') ?? `${type}_${stream}`;
  return { name, kind, stream, ...settingsOf(body, kind, { toxicity: 1, attributes: {} }) };
};

/** Reads new settings of `toxic`; what the body leaves out stays. Name, type and stream cannot change. */
export const toxicUpdateOf = (value: unknown, toxic: Toxic): Pick<Toxic, 'toxicity' | 'attributes'> => {
  const body = objectOf(value, 'a toxic', fields);
  refuseChange(body, 'name', toxic.name);
  refuseChange(body, 'type', toxic.kind.type);
  refuseChange(body, 'stream', toxic.stream);
  return settingsOf(body, toxic.kind, toxic);
};
