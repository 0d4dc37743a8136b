/** Opening a server of the mocks, with an error that tells what is in the way. */
import type { AddressInfo, Server } from 'node:net';
import { errors } from '#harness/errors';
import { mockErrors } from '#harness/mock-errors';

/** Where to listen; port 0 takes a free one. */
export interface Place {
  readonly port: number;
  readonly host: string;
}

/** The port that `server` listens on from now on; rejects with `port-taken`, or `address-not-here`. */
export const listen = async (server: Server, { port, host }: Place): Promise<number> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isElsewhere = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(cause.code ?? '');
      reject(isElsewhere ? mockErrors.addressNotHere(host, cause) : errors.portTaken(port, cause));
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
};
