import { useLocalStorage } from '@mantine/hooks';
import type { Column } from './grid.types.ts';

const LEAST_PIXELS = 48;
export const SELECTION_PIXELS = 40;

/** Widths a user has drawn stay in this browser, for this user's grid only. */
export function useColumnWidths<Row>(name: string, columns: readonly Column<Row>[], hasSelection: boolean) {
  const [drawn, setDrawn] = useLocalStorage<Record<string, number>>({
    key: `valero.widths.${name}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const least = columns.reduce((pixels, { id, width }) => pixels + (drawn[id] ?? width), 0);
  const tracks = columns.map(({ id, width, grow }) =>
    drawn[id] ? `${drawn[id]}px` : grow ? `minmax(${width}px, ${grow}fr)` : `${width}px`,
  );
  const filler = columns.every(({ id, grow }) => !grow || drawn[id]) ? ' 1fr' : '';
  return {
    template: `${hasSelection ? `${SELECTION_PIXELS}px ` : ''}${tracks.join(' ')}${filler}`,
    minWidth: least + (hasSelection ? SELECTION_PIXELS : 0),
    resize: (column: string, pixels: number) =>
      setDrawn((current) => ({ ...current, [column]: Math.max(LEAST_PIXELS, Math.round(pixels)) })),
    reset: (column: string) => setDrawn(({ [column]: _, ...others }) => others),
  };
}
