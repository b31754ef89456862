import { useEffect, useState } from 'react';
import { formatAgo, formatDay, formatInstant } from './dates.ts';

/** A calendar day in German order. */
export const DayText = ({ day }: { day: string | null | undefined }) =>
  day ? (
    <time dateTime={day} className="v-figures">
      {formatDay(day)}
    </time>
  ) : (
    <span className="v-muted">–</span>
  );

/** How long ago something happened, kept current; the exact instant on hover. */
export function Ago({ instant }: { instant: string }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={instant} title={formatInstant(instant)}>
      {formatAgo(instant)}
    </time>
  );
}
