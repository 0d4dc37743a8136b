/** A migrated database per variant of the system, from which each run's own is copied. */
import { errors } from '../../errors.ts';
import type { Target } from '../../target.ts';
import type { DatabaseServer } from './database-server.ts';

/** The templates of one server. */
export interface Templates {
  /** Name of the template for this variant; migrated at the first call. Rejects with `migrationFailed`. */
  of(target: Target, variant: string | undefined): Promise<string>;
}

/** Templates on `postgres`; after a migration that failed, the next call starts again with an empty database. */
export const createTemplates = (
  postgres: Pick<DatabaseServer, 'createDatabase' | 'dropDatabase' | 'query'>,
): Templates => {
  const names = new Map<string, Promise<string>>();
  const migrate = async (target: Target, variant: string | undefined, name: string): Promise<string> => {
    await postgres.dropDatabase(name);
    await postgres.createDatabase(name);
    for (const [index, script] of target.database.migrations(variant).entries()) {
      await postgres.query(name, script).catch((cause: unknown) => {
        throw errors.migrationFailed(variant, index + 1, cause);
      });
    }
    return name;
  };
  return {
    of: (target, variant) => {
      const key = variant ?? 'sound';
      const known = names.get(key);
      if (known !== undefined) return known;
      const name = migrate(target, variant, `template_${key.replaceAll('-', '_')}`);
      names.set(key, name);
      name.catch(() => names.delete(key));
      return name;
    },
  };
};
