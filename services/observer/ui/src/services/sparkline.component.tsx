import { formatNumber } from '@valero/ui';
import type { SeriesOut } from '../api.ts';
import { observerTexts } from '../texts.ts';

const WIDTH = 96;
const HEIGHT = 24;
/** Below this, a line shows noise as if it were drama. */
const LEAST_TOP_MILLISECONDS = 20;

/** The response times of the last ten minutes; gaps are moments without an answer. */
export function Sparkline({ history }: { history: SeriesOut | null | undefined }) {
  const t = observerTexts.use();
  const values = history?.latency_ms ?? [];
  const known = values.filter((value) => value !== null);
  const last = known.at(-1);
  if (!history || last === undefined) return <span className="o-sparkline" />;
  const most = Math.max(...known);
  const path = pathThrough(history.at, values, Math.max(most, LEAST_TOP_MILLISECONDS));
  return (
    <svg
      className="o-sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={t('sparkline', { last: formatNumber(last, 0), most: formatNumber(most, 0) })}
    >
      <path d={path} />
    </svg>
  );
}

function pathThrough(at: readonly number[], values: readonly (number | null)[], top: number): string {
  const start = at[0] ?? 0;
  const span = Math.max(1, (at.at(-1) ?? 0) - start);
  let command = 'M';
  return values
    .map((value, index) => {
      if (value === null) {
        command = 'M';
        return '';
      }
      const x = (((at[index] ?? start) - start) / span) * (WIDTH - 2) + 1;
      const y = HEIGHT - 2 - (value / top) * (HEIGHT - 4);
      const step = `${command}${x.toFixed(1)} ${y.toFixed(1)}`;
      command = 'L';
      return step;
    })
    .join('');
}
