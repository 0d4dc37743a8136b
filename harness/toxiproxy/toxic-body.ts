import { apiErrors } from './api-error.ts';
import { type Body, numberOf, objectOf, refuseChange, textOf } from './body.ts';
import type { Toxic } from './toxic.ts';
import { toxicKinds } from './toxics/index.ts';
import type { Direction, ToxicKind } from './toxics/toxic.ts';

const fields = ['name', 'type', 'stream', 'toxicity', 'attributes'];

/** What a request asks of a new toxic. */
export type ToxicRequest = Omit<Toxic, 'label' | 'hits'>;

const attributesOf = (body: Body, kind: ToxicKind, present: Toxic['attributes']): Toxic['attributes'] => {
  const given = objectOf(body.attributes, `attributes of ${kind.type}`, Object.keys(kind.attributes));
  const attributes: Record<string, number> = {};
  for (const [name, { min }] of Object.entries(kind.attributes)) {
    const bounds = { min, max: Number.MAX_SAFE_INTEGER, integer: true };
    attributes[name] = numberOf(given, name, present[name] ?? 0, bounds);
  }
  const conflict = kind.conflict?.(attributes);
  if (conflict !== undefined) throw apiErrors.badBody(conflict);
  return attributes;
};

const toxicityOf = (body: Body, present: number): number =>
  numberOf(body, 'toxicity', present, { min: 0, max: 1, integer: false });

/**
 * Reads a new toxic: the stream is downstream, the toxicity 1, the name `type_stream` unless the body says more.
 * `refuseTaken` throws if a toxic of that name is there; attributes are looked at after that, as Toxiproxy does.
 */
export const newToxicOf = (value: unknown, refuseTaken: (name: string) => void): ToxicRequest => {
  const body = objectOf(value, 'a toxic', fields);
  const toxicity = toxicityOf(body, 1);
  const streamAsSent = textOf(body, 'stream') ?? 'downstream';
  const stream = streamAsSent.toLowerCase() as Direction;
  const type = textOf(body, 'type') ?? '';
  const name = textOf(body, 'name') || `${type}_${streamAsSent}`;
  if (stream !== 'upstream' && stream !== 'downstream') throw apiErrors.badStream(streamAsSent);
  const kind = toxicKinds.get(type);
  if (kind === undefined) throw apiErrors.unknownType(type, toxicKinds.keys());
  refuseTaken(name);
  return { name, kind, stream, streamAsSent, toxicity, attributes: attributesOf(body, kind, {}) };
};

/** Reads new settings of `toxic`; what the body leaves out stays. Name, type and stream cannot change. */
export const toxicUpdateOf = (value: unknown, toxic: Toxic): Pick<Toxic, 'toxicity' | 'attributes'> => {
  const body = objectOf(value, 'a toxic', fields);
  refuseChange(body, 'name', toxic.name);
  refuseChange(body, 'type', toxic.kind.type);
  refuseChange(body, 'stream', toxic.stream);
  return { toxicity: toxicityOf(body, toxic.toxicity), attributes: attributesOf(body, toxic.kind, toxic.attributes) };
};
