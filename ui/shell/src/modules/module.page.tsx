import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ErrorState, inLanguage, LoadingRows, type Manifest, StateMessage, useLanguage } from '@valero/ui';
import { Suspense, use } from 'react';
import { Link, useLocation, useParams } from 'react-router';
import { shellTexts } from '../texts.ts';
import { forgetModule, loadComponent } from './load-module.ts';
import { ModuleBoundary } from './module-boundary.component.tsx';
import { registryQuery, useModules } from './registry.resource.ts';

/** The place in which a module appears. */
export function ModulePage() {
  const t = shellTexts.use();
  const { module: id } = useParams();
  const registry = useQuery(registryQuery);
  const reachable = useModules().find((module) => module.id === id);
  const manifest = registry.data?.find((module) => module.id === id);

  if (registry.isPending) return <LoadingRows />;
  if (!registry.data)
    return <ErrorState title={t('registryFailed')} error={registry.error} onRetry={registry.refetch} />;
  if (!manifest) return <NotFoundPage />;
  if (!reachable) return <Forbidden manifest={manifest} />;
  return <ModuleFrame key={manifest.id} manifest={manifest} kind="App" />;
}

interface ModuleFrameProps {
  manifest: Manifest;
  kind: 'App' | 'Home';
}

export function ModuleFrame({ manifest, kind }: ModuleFrameProps) {
  const t = shellTexts.use();
  const client = useQueryClient();
  const { pathname } = useLocation();
  const name = inLanguage(manifest.title, useLanguage());
  const forget = () => {
    forgetModule(manifest.id);
    void client.invalidateQueries(registryQuery);
  };
  return (
    <ModuleBoundary name={name} pathname={pathname} isUp={manifest.status === 'up'} onForget={forget}>
      <Suspense fallback={<LoadingRows label={t('moduleLoading', { name })} rows={kind === 'App' ? 8 : 2} />}>
        <Loaded manifest={manifest} kind={kind} />
      </Suspense>
    </ModuleBoundary>
  );
}

function Loaded({ manifest, kind }: ModuleFrameProps) {
  const Loaded = use(loadComponent(manifest, kind));
  return <Loaded />;
}

function Forbidden({ manifest }: { manifest: Manifest }) {
  const t = shellTexts.use();
  const name = inLanguage(manifest.title, useLanguage());
  return (
    <StateMessage isPage icon="lock" title={t('forbidden')} action={<HomeButton />}>
      {t('forbiddenHint', { name })}
    </StateMessage>
  );
}

export function NotFoundPage() {
  const t = shellTexts.use();
  return (
    <StateMessage isPage icon="search" title={t('notFound')} action={<HomeButton />}>
      {t('notFoundHint')}
    </StateMessage>
  );
}

const HomeButton = () => (
  <Button component={Link} to="/" variant="default">
    {shellTexts.use()('toHome')}
  </Button>
);
