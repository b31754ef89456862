import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Day, dataOf } from '@valero/ui';
import { fibu } from '../api.ts';

export const balancesQuery = (asOf: Day) =>
  queryOptions({
    queryKey: ['fibu', 'balances', asOf],
    queryFn: ({ signal }) =>
      dataOf(fibu.GET('/api/fibu/trial-balance', { params: { query: { as_of: asOf } }, signal })),
    placeholderData: keepPreviousData,
  });
