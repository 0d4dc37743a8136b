/** A migrated database per variant of the system, from which each run's own is copied. */
import type { Target } from '../../target.ts';
import type { PostgresServer } from './postgres.ts';

/** The templates of one server. */
export interface Templates {
  /** Name of the template for this variant; migrated at the first call. */
  of(target: Target, variant: string | undefined): Promise<string>;
}

/** Templates on `postgres`; a migration that fails rejects, and is tried again by the next call. */
export const createTemplates = (postgres: PostgresServer): Templates => {
  const names = new Map<string, Promise<string>>();
  const migrate = async (target: Target, variant: string | undefined, name: string): Promise<string> => {
    await postgres.createDatabase(name);
    for (const script of target.database.migrations(variant)) await postgres.query(name, script);
    return name;
  };
  return {
    of: (target, variant) => {
      const key = variant ?? 'sound';
      const name = `template_${key.replaceAll('-', '_')}`;
      const known = names.get(key) ?? migrate(target, variant, name);
      names.set(key, known);
      known.catch(() => names.delete(key));
      return known;
    },
  };
};
