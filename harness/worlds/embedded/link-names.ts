/** What links are called, and who comes through them: the same in every world that has proxies. */
import { link } from '../../fault.ts';
import type { Provider } from '../../provider.ts';
import type { Target } from '../../target.ts';

/** Names under which faults find the links of the two roles that the outside meets, whatever a target calls them. */
export const aliasesIn = ({ apiRole, webhookRole }: Target) => ({
  'api-role-postgres': `${apiRole}-postgres`,
  'webhook-role-postgres': `${webhookRole}-postgres`,
});

/** The link by which a payment provider reaches the system. */
export const webhookLinkOf = (providerId: string): string => link(providerId, 'service').id;

/** Opens such a link for each payment provider by `open`; the base URLs at which they reach the system, by id. */
export const webhookUrlsOver = async (
  providers: readonly Pick<Provider, 'id' | 'serves'>[],
  open: (linkName: string) => Promise<string>,
): Promise<Readonly<Record<string, string>>> => {
  const urls: Record<string, string> = {};
  for (const { id, serves } of providers) {
    if (serves === 'payment') urls[id] = `http://${await open(webhookLinkOf(id))}`;
  }
  return urls;
};

/** The database user who comes through a link; undefined for one that does not lead to the database. */
export const userOnLink =
  ({ database, roles }: Target) =>
  (linkName: string): string | undefined => {
    const role = roles.find((name) => linkName === link(name, 'postgres').id);
    return role === undefined ? undefined : database.userOf(role);
  };
