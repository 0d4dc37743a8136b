import { expect, onTestFinished, test } from 'vitest';
import { findEngine } from '#harness/worlds/containers/engine';

const image = 'topple-service:local';

test('the image of the service holds no defect, and is nobody in particular', async (context) => {
  const engine = await findEngine();
  if ('reason' in engine) return context.skip(engine.reason);
  const { api } = engine;
  const found = await api
    .getImage(image)
    .inspect()
    .catch(() => undefined);
  if (found === undefined) return context.skip(`the engine has no ${image}: \`npm run images:local\` builds it`);
  const container = await api.createContainer({ Image: image });
  onTestFinished(() => container.remove().then(() => undefined));
  const holds = (path: string): Promise<boolean> =>
    container.infoArchive({ path }).then(
      () => true,
      () => false,
    );
  expect(await holds('/app/reference-impl/parts.ts')).toBe(true);
  expect(await holds('/app/reference-impl/defects')).toBe(false);
  expect(found.Config.User).toBe('1000:1000');
});
