/** Names of the images that stand for the surroundings of a system; each can be replaced by the environment. */

/** All of them: the variable that names another one, and what `npm run images:local` builds. */
export const images = {
  mocks: { variable: 'TOPPLE_IMAGE_MOCKS', local: 'topple-mocks:local' },
  postgres: { variable: 'TOPPLE_IMAGE_POSTGRES', local: 'topple-postgres:local' },
  toxiproxy: { variable: 'TOPPLE_IMAGE_TOXIPROXY', local: 'topple-toxiproxy:local' },
} as const satisfies Readonly<Record<string, { readonly variable: `TOPPLE_IMAGE_${string}`; readonly local: string }>>;

/** The image for one of them, as `env` or else images:local names it. */
export const imageOf = (name: keyof typeof images, env: NodeJS.ProcessEnv): string =>
  env[images[name].variable] || images[name].local;
