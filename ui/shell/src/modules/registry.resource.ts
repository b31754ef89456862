import { queryOptions, useQuery } from '@tanstack/react-query';
import { type Manifest, type NavigationEntry, Problem, useSession } from '@valero/ui';

const REFRESH_MILLISECONDS = 30_000;
/** While a service is down, so that its module is back as soon as it is. */
const WAITING_MILLISECONDS = 3_000;

/** Which modules there are at this moment, and whether their services answer. */
export const registryQuery = queryOptions({
  queryKey: ['shell', 'registry'],
  queryFn: async ({ signal }): Promise<Manifest[]> => {
    const response = await fetch('/ui/registry.json', { signal }).catch(() => {
      throw new Problem(0);
    });
    if (!response.ok) throw new Problem(response.status);
    return response.json() as Promise<Manifest[]>;
  },
  refetchInterval: ({ state }) =>
    state.data?.some(({ status }) => status === 'down') ? WAITING_MILLISECONDS : REFRESH_MILLISECONDS,
});

export interface ReachableModule extends Manifest {
  /** The pages of the module that the user may see. */
  pages: NavigationEntry[];
}

/** Modules with at least one page that the signed-in user may see. */
export function useModules(): ReachableModule[] {
  const { data = [] } = useQuery(registryQuery);
  const permissions = new Set(useSession().user?.permissions);
  return data
    .map((manifest) => ({
      ...manifest,
      pages: manifest.nav.filter(({ permission }) => !permission || permissions.has(permission)),
    }))
    .filter(({ pages }) => pages.length > 0);
}
