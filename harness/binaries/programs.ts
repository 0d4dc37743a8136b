/** Programs that topple does without and uses where they are: they judge it, or load what it tests. */

/** One such program, as a `go.mod` in `tools/` pins it. */
export interface Program {
  /** Names an executable, before any other place. */
  readonly variable: `TOPPLE_${string}_BIN`;
  /** What `--version` prints; the oldest that is taken, within its major version. */
  readonly version: `${number}.${number}.${number}`;
  /** The Go module and its version, which Prometheus counts in another way than its releases. */
  readonly module: `${string} v${string}`;
  /** The main package within that module. */
  readonly folder: '' | `/${string}`;
  /** The folder of that `go.mod`, where one build list with the others cannot be. */
  readonly pinnedIn?: 'tools' | `tools/${string}`;
  /** Build tags. */
  readonly tags?: string;
  /** The variable of the program that the linker sets to `version`, where the plain build does not know it. */
  readonly versionVariable?: string;
}

const prometheus = {
  version: '3.15.0',
  module: 'github.com/prometheus/prometheus v0.315.0',
  // Targets come from files or from the command line, so the SDKs of all clouds are left out.
  tags: 'remove_all_sd',
  versionVariable: 'github.com/prometheus/common/version.Version',
} as const;

/** All of them, by the name of their executable. */
export const programs = {
  'docker-compose': {
    variable: 'TOPPLE_DOCKER_COMPOSE_BIN',
    version: '2.40.3',
    module: 'github.com/docker/compose/v2 v2.40.3',
    folder: '/cmd',
    pinnedIn: 'tools/compose',
    versionVariable: 'github.com/docker/compose/v2/internal.Version',
  },
  k6: {
    variable: 'TOPPLE_K6_BIN',
    version: '2.2.0',
    module: 'go.k6.io/k6/v2 v2.2.0',
    folder: '',
  },
  prometheus: { ...prometheus, variable: 'TOPPLE_PROMETHEUS_BIN', folder: '/cmd/prometheus' },
  promtool: { ...prometheus, variable: 'TOPPLE_PROMTOOL_BIN', folder: '/cmd/promtool' },
  'toxiproxy-server': {
    variable: 'TOPPLE_TOXIPROXY_SERVER_BIN',
    version: '2.12.0',
    module: 'github.com/Shopify/toxiproxy/v2 v2.12.0',
    folder: '/cmd/server',
    versionVariable: 'github.com/Shopify/toxiproxy/v2.Version',
  },
} as const satisfies Readonly<Record<string, Program>>;

/** The name of one of them. */
export type ProgramName = keyof typeof programs;

/** All names, sorted. */
export const programNames = Object.keys(programs) as ProgramName[];
