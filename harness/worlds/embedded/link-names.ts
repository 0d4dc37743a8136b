/** What links are called, and who comes through them: the same in every world that has proxies. */
import type { Provider } from '../../provider.ts';
import type { Target } from '../../target.ts';

/** Names under which faults find the links of the two roles that the outside meets, whatever a target calls them. */
export const aliasesIn = ({ apiRole, webhookRole }: Target) => ({
  'api-role-postgres': `${apiRole}-postgres`,
  'webhook-role-postgres': `${webhookRole}-postgres`,
});

/** The link by which the payment provider reaches the system. */
export const webhookLinkOf = (providers: readonly Pick<Provider, 'id' | 'serves'>[]): string =>
  `${providers.find(({ serves }) => serves === 'payment')?.id}-service`;

/** The database user who comes through a link; undefined for one that does not lead to the database. */
export const userOnLink =
  ({ database, roles }: Target) =>
  (link: string): string | undefined => {
    const role = roles.find((name) => link === `${name}-postgres`);
    return role === undefined ? undefined : database.userOf(role);
  };
