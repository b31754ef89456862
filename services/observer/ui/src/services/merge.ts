/** Keeps the picture of all services current from the stream, including the last ten minutes. */
import type { InstanceOut, SeriesOut, ServiceOut } from '../api.ts';

const HISTORY_SECONDS = 600;

/** The list with one service replaced, or added at the end. */
export function withService(services: readonly ServiceOut[], shown: ServiceOut): ServiceOut[] {
  const known = services.find(({ id }) => id === shown.id);
  const merged = { ...shown, instances: shown.instances.map((instance) => withHistory(instance, known)) };
  return known
    ? services.map((service) => (service.id === shown.id ? merged : service))
    : [...services, merged];
}

/** All services as the server has just listed them. */
export const withSnapshot = (before: readonly ServiceOut[], shown: readonly ServiceOut[]): ServiceOut[] =>
  shown.map(
    (service) =>
      withService(
        before.filter(({ id }) => id === service.id),
        service,
      )[0] ?? service,
  );

function withHistory(instance: InstanceOut, before: ServiceOut | undefined): InstanceOut {
  const known = before?.instances.find((other) => other.instance === instance.instance)?.history;
  if (instance.history || !known) return instance;
  return { ...instance, history: appended(known, instance) };
}

/** One more point, unless the last one is younger than the step of the series. */
function appended(
  history: SeriesOut,
  { as_of, latency_ms, cpu_percent, memory_mb, db_connections }: InstanceOut,
): SeriesOut {
  const now = Math.floor(Date.parse(as_of) / 1000);
  if (now - (history.at.at(-1) ?? 0) < history.step_seconds) return history;
  const first = history.at.findIndex((at) => at > now - HISTORY_SECONDS);
  const from = first < 0 ? history.at.length : first;
  return {
    step_seconds: history.step_seconds,
    at: [...history.at.slice(from), now],
    latency_ms: [...history.latency_ms.slice(from), latency_ms],
    cpu_percent: [...history.cpu_percent.slice(from), cpu_percent],
    memory_mb: [...history.memory_mb.slice(from), memory_mb],
    db_connections: [...history.db_connections.slice(from), db_connections],
  };
}
