import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import type { Hit } from '@valero/ui';
import { useNavigate } from 'react-router';
import { loadEntry } from '../modules/load-module.ts';
import { useModules } from '../modules/registry.resource.ts';

const TYPING_MILLISECONDS = 150;
const LEAST_CHARACTERS = 2;

/** Records of every module that match, in groups. A module that fails is left out. */
export function useFoundRecords(query: string) {
  const navigate = useNavigate();
  const modules = useModules();
  const [wanted] = useDebouncedValue(query.trim(), TYPING_MILLISECONDS);
  const isAsked = wanted.length >= LEAST_CHARACTERS && query.trim().length >= LEAST_CHARACTERS;
  const answers = useQueries({
    queries: modules.map((module) => ({
      queryKey: ['shell', 'records', module.id, wanted],
      queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Hit[]> =>
        (await (await loadEntry(module)).search?.(wanted, signal)) ?? [],
      enabled: isAsked,
      retry: false,
      placeholderData: keepPreviousData,
    })),
  });
  if (!isAsked) return [];
  const items = modules.flatMap((module, index) =>
    (answers[index]?.data ?? []).map(({ id, group, title, description, path, icon }) => ({
      id: `${module.id}/${id}`,
      group,
      label: title,
      description,
      icon: icon ?? ('document' as const),
      run: () => void navigate(path),
    })),
  );
  const groups = [...new Set(items.map(({ group }) => group))];
  return groups.map((name) => ({ name, items: items.filter(({ group }) => group === name) }));
}
