/** Finds what serves a call among operations such as `GET /v1/things/{thing}`, as vendors write them. */

/** What was found: `part` is what stands in the place of the braces, decoded, '' without braces. */
export interface Found<Handler> {
  readonly operation: string;
  readonly handler: Handler;
  readonly part: string;
}

const patternOf = (operation: string): { readonly method: string; readonly path: RegExp } => {
  const [method = '', template = ''] = operation.split(' ');
  return { method, path: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '([^/]+)')}$`) };
};

const decoded = (part: string): string => {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** Looks up method and path; answers `other-method` where the path is there, and undefined where it is not. */
export const openRouteTable = <Handler>(
  handlers: Readonly<Record<string, Handler>>,
): ((method: string, path: string) => Found<Handler> | 'other-method' | undefined) => {
  const table = Object.entries(handlers).map(([operation, handler]) => ({
    operation,
    handler,
    ...patternOf(operation),
  }));
  const isPattern = ({ operation }: { readonly operation: string }): boolean => operation.includes('{');
  // Most paths stand in the table as they are: these are not tried against one pattern after the other.
  const plain = new Map(table.filter((row) => !isPattern(row)).map((row) => [row.operation, row]));
  const patterns = table.filter(isPattern);
  return (method, path) => {
    const known = plain.get(`${method} ${path}`);
    if (known !== undefined) return { operation: known.operation, handler: known.handler, part: '' };
    for (const row of patterns) {
      if (row.method !== method) continue;
      const match = row.path.exec(path);
      if (match !== null) return { operation: row.operation, handler: row.handler, part: decoded(match[1] ?? '') };
    }
    return table.some((row) => row.path.test(path)) ? 'other-method' : undefined;
  };
};
