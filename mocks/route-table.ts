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
  return (method, path) => {
    const there = table.filter((row) => row.path.test(path));
    const found = there.find((row) => row.method === method);
    if (found === undefined) return there.length === 0 ? undefined : 'other-method';
    return { operation: found.operation, handler: found.handler, part: decoded(found.path.exec(path)?.[1] ?? '') };
  };
};
