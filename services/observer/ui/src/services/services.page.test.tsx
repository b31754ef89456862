import { screen, waitFor, within } from '@testing-library/react';
import { restoreSession } from '@valero/ui';
import { ERIKA, fakeServer, problem, renderAt } from '@valero/ui/testing';
import { describe, expect, it } from 'vitest';
import type { EventOut, InstanceOut, ServiceOut } from '../api.ts';
import { withService } from './merge.ts';
import { ServicesPage } from './services.page.tsx';

const instance = (rest: Partial<InstanceOut> = {}): InstanceOut => ({
  service: 'fibu',
  instance: 'fibu-1',
  state: 'up',
  cause: 'ready',
  since: '2026-11-20T10:00:00Z',
  as_of: '2026-11-20T12:00:00Z',
  text: { de: 'fibu-1 läuft: antwortet und ist bereit.', en: 'fibu-1 is up: answers and is ready.' },
  why: {},
  breaches: [],
  can_restart: true,
  checks: [],
  cpu_percent: 3.2,
  memory_mb: 101,
  latency_ms: 8.5,
  crash_looping: false,
  db_connections: 4,
  decision: null,
  failures: 0,
  hang: null,
  heartbeat_age_seconds: 2,
  pid: 4711,
  registered: true,
  supervised: true,
  url: null,
  version: '0.1.0',
  ...rest,
});

const service = (of: InstanceOut = instance()): ServiceOut => ({
  id: 'fibu',
  title: 'Finanzbuchhaltung',
  description: 'Journal und Saldenliste',
  role: 'service',
  state: of.state,
  since: of.since,
  as_of: of.as_of,
  depends_on: ['postgres'],
  affected_by: [],
  thresholds: { cpu_percent: 70, error_ratio: null, memory_mb: null, p95_ms: 500 },
  critical_endpoints: [],
  instances: [of],
});

const DOWN = instance({
  state: 'down',
  text: { de: 'fibu-1 ist ausgefallen: antwortet nicht mehr.', en: 'fibu-1 is down.' },
  decision: { deed: 'end_hang', because: 'process_hangs', in_seconds: 3.2, why: {} },
  latency_ms: null,
});

const event = (id: number, text: string): EventOut => ({
  id,
  at: '2026-11-20T12:00:00Z',
  service: 'fibu',
  instance: 'fibu-1',
  kind: 'state_changed',
  severity: 'critical',
  text: { de: text, en: text },
  state_before: 'up',
  state_after: 'down',
  why: {},
});

async function openObserver(stream: string, answers = {}) {
  const server = fakeServer({
    'GET /api/auth/me': () => ERIKA,
    'GET /api/observer/services': () => ({ items: [service()] }),
    'GET /api/observer/events': () => ({ items: [event(1, 'fibu-1 ist gestartet.')], next: null }),
    'GET /api/observer/stream': () =>
      new Response(
        new ReadableStream({
          async start(controller) {
            await new Promise((resolve) => setTimeout(resolve, 100));
            controller.enqueue(new TextEncoder().encode(stream));
          },
        }),
      ),
    ...answers,
  });
  await restoreSession();
  return { ...renderAt('/observer', <ServicesPage />), server };
}

const sent = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

describe('the Observer', () => {
  it('shows state and measurements in German figures', async () => {
    const { unmount } = await openObserver('');
    expect(await screen.findByText('Alles läuft.')).toBeVisible();
    expect(screen.getByText('Läuft')).toBeVisible();
    expect(screen.getByText('3,2 %')).toBeVisible();
    expect(screen.getByText('101 MiB')).toBeVisible();
    expect(screen.getByText('8,5 ms')).toBeVisible();
    unmount();
  });

  it('follows the stream: a failure, why, and the event', async () => {
    const { user, unmount } = await openObserver(
      sent('service', service(DOWN)) + sent('event', event(2, 'fibu-1 ist ausgefallen.')),
    );
    expect(await screen.findByText('1 Dienst braucht Aufmerksamkeit')).toBeVisible();
    expect(screen.getByText('fibu-1 ist ausgefallen: antwortet nicht mehr.')).toBeVisible();
    expect(await screen.findByText('fibu-1 ist ausgefallen.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: /Finanzbuchhaltung/ }));
    expect(screen.getByText('Den hängenden Prozess beenden (in 4 s): der Prozess hängt.')).toBeVisible();
    unmount();
  });

  it('restarts only after asking, and says why it could not', async () => {
    const { user, server, unmount } = await openObserver('', {
      'POST /api/observer/services/fibu-1/restart': () =>
        problem(409, { detail: 'fibu-1 wird gerade neu gestartet.' }),
    });
    await user.click(await screen.findByRole('button', { name: 'fibu-1 neu starten' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'fibu-1 neu starten?' }));
    expect(server.to('/api/observer/services/fibu-1/restart')).toHaveLength(0);
    await user.click(dialog.getByRole('button', { name: 'Neu starten' }));
    expect(await dialog.findByRole('alert')).toHaveTextContent('fibu-1 wird gerade neu gestartet.');
    await waitFor(() => expect(server.to('/api/observer/services/fibu-1/restart')).toHaveLength(1));
    unmount();
  });
});

describe('the picture of all services', () => {
  const HISTORY = {
    step_seconds: 10,
    at: [1_000, 1_010],
    latency_ms: [5, 6],
    cpu_percent: [1, 1],
    memory_mb: [90, 90],
    db_connections: [1, 1],
  };
  const at = (seconds: number) => new Date(seconds * 1_000).toISOString();
  const latencies = (services: ServiceOut[]) => services[0]?.instances[0]?.history?.latency_ms;

  it('grows by a point per step and forgets what is older than ten minutes', () => {
    const before = [service(instance({ history: HISTORY }))];
    const soon = withService(before, service(instance({ as_of: at(1_012), latency_ms: 7 })));
    expect(latencies(soon)).toEqual([5, 6]);
    const later = withService(soon, service(instance({ as_of: at(1_020), latency_ms: 8 })));
    expect(latencies(later)).toEqual([5, 6, 8]);
    const muchLater = withService(later, service(instance({ as_of: at(1_605), latency_ms: 9 })));
    expect(latencies(muchLater)).toEqual([6, 8, 9]);
  });

  it('takes up services it did not know', () => {
    expect(withService([], service())).toHaveLength(1);
  });
});
