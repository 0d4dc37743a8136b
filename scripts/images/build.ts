/** Hands a build context to the engine. */
import { spawn } from 'node:child_process';
import { containerErrors } from '#harness/container-errors';
import type { Engine } from '#harness/worlds/containers/engine';
import type { ImagePlan } from './contexts.ts';

/** The folder as a stream of tar, in which everything belongs to root. */
const packed = (folder: string) =>
  spawn('tar', ['-c', '--owner=0', '--group=0', '--numeric-owner', '-C', folder, '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  }).stdout;

/** Builds the context `folder`, with its Dockerfile; throws `imageNotBuilt` with what the engine said last. */
export const build = async (
  { api }: Pick<Engine, 'api'>,
  folder: string,
  { image, target, buildArguments = {} }: Pick<ImagePlan, 'image' | 'target' | 'buildArguments'>,
): Promise<void> => {
  const options = { t: image, buildargs: buildArguments, forcerm: true };
  const progress = await api.buildImage(packed(folder), { ...options, ...(target === undefined ? {} : { target }) });
  const said: string[] = [];
  let failure: string | undefined;
  const hear = ({ stream = '', error }: { readonly stream?: string; readonly error?: string }): void => {
    if (stream.trim() !== '') said.push(stream.trim());
    failure ??= error;
  };
  const lost = await new Promise<Error | null>((ended) => api.modem.followProgress(progress, ended, hear));
  const problem = failure ?? lost?.message;
  if (problem !== undefined) throw containerErrors.imageNotBuilt(image, [...said.slice(-10), problem].join('\n  '));
};
