/** Request bodies, bounded before they are held in memory. */
import { Refusal } from './answers.ts';

/** Above this a body is neither an order nor a notice. */
const maxBytes = 64 * 1024;

/** The exact bytes of the body; a larger one than 64 KiB is refused with 413 without being read to its end. */
export const readBody = async (request: Request): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw new Refusal(413, 'body-too-large', 'The body is larger than 64 KiB.', 'Send less.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
